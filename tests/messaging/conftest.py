"""A played gateway in place of the sandbox."""

from __future__ import annotations

import pytest

from tests.messaging.factories import FakeGateway


@pytest.fixture
def gateway(monkeypatch) -> FakeGateway:
    """Takes the place of every channel's gateway."""
    fake = FakeGateway()
    for module in ("deliver", "send_code", "take_reports"):
        monkeypatch.setattr(
            f"brokerage.messaging.use_cases.{module}.gateway_for", lambda channel: fake
        )
    return fake
