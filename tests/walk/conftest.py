"""The demonstration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from brokerage.core import clock
from tests.kept import kept
from tests.walk import demonstration


@pytest.fixture(scope="module")
def brokerage(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The demonstration as `make run` shows it; it stays for the whole module."""
    with kept(django_db_blocker):
        demonstration.build(clock.now())
        yield
