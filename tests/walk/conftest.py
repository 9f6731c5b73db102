"""The demonstration, and the browser."""

from __future__ import annotations

import pytest

from brokerage.core import catalogues, clock
from tests.browser import browser, visit  # noqa: F401
from tests.walk import demonstration


@pytest.fixture(scope="session", autouse=True)
def _compiled_catalogues() -> None:
    catalogues.compile_catalogues()


@pytest.fixture
def brokerage(db: None) -> None:
    """The demonstration as `make run` shows it."""
    demonstration.build(clock.now())
