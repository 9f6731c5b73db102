from __future__ import annotations

import pytest

from tests.accounts.life.test_closing import Sent


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """A sender that keeps the last code."""
    from accounts.signing import codes

    kept = Sent()
    monkeypatch.setattr(codes, "code_sender", lambda: kept)
    return kept
