"""The demonstration."""

from __future__ import annotations

import pytest

from brokerage.core import clock
from tests.walk import demonstration


@pytest.fixture
def brokerage(db: None) -> None:
    """The demonstration as `make run` shows it."""
    demonstration.build(clock.now())
