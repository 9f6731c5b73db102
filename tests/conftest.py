"""Shared by all tests: the database server, and one time that tests may rely on."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser driver runs a loop


def pytest_configure(config: pytest.Config) -> None:
    """Start the embedded database before Django connects (unless DATABASE_URL is set)."""
    if hasattr(config, "workerinput"):  # pytest-xdist's workers find it running
        return
    from brokerage.launch.prepare import prepare

    prepare(command="test")


MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai, a trading day


@pytest.fixture
def at() -> datetime:
    """Monday 2 March 2026, 10:00 in Shanghai."""
    return MONDAY
