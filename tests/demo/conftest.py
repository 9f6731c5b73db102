"""The demonstration, on a Monday morning: what a page offers depends on the day and the hour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.walk import standing


@pytest.fixture(scope="package")
def brokerage(
    django_db_setup: None,
    django_db_blocker: Any,
    testrun_uid: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[list[str]]:
    """The demonstration as `make run` shows it, and what its build said."""
    with django_db_blocker.unblock():
        demonstration = standing.built(testrun_uid, tmp_path_factory)
        with demonstration.copied():
            yield demonstration.said
