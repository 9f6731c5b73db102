"""The demonstration, on a Monday morning: what a page offers depends on the day and the hour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from brokerage.core import clock
from tests.conftest import MONDAY
from tests.kept import kept, living_at
from tests.walk import demonstration


@pytest.fixture(scope="module")
def brokerage(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The demonstration as `make run` shows it; it stays for the whole module."""
    with living_at(MONDAY), kept(django_db_blocker):
        demonstration.build(clock.now())
        yield
