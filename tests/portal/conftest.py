"""The browser, and compiled catalogues: the portal's tests read Chinese."""

from __future__ import annotations

import pytest

from brokerage.core import catalogues
from tests.browser import browser, visit  # noqa: F401


@pytest.fixture(scope="session", autouse=True)
def _compiled_catalogues() -> None:
    catalogues.compile_catalogues()
