"""The demonstration, on a Monday morning: what a page offers depends on the day and the hour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings

from tests.conftest import MONDAY
from tests.kept import kept, living_at
from tests.walk import demonstration


@pytest.fixture(scope="package")
def brokerage(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[str]]:
    """The demonstration as `make run` shows it, and what its build said.

    To build it costs a minute: it stays for all tests of this folder, which are in one group.
    """
    folder = override_settings(VAR_DIR=tmp_path_factory.mktemp("var"))
    with living_at(MONDAY), folder, kept(django_db_blocker):
        yield demonstration.build(MONDAY)
