"""Shared by all tests: the database server, reference data, and one time to rely on."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import trans_real

pytest_plugins = ["tests.browser"]
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser driver runs a loop

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai, a trading day
# Tables that a test with real transactions leaves as they are: loaded once for the whole run.
KEPT_PREFIXES = (
    "reference_",
    "branches_list_",
    "auth_group",
    "auth_permission",
    "django_content_type",
)


def pytest_configure(config: pytest.Config) -> None:
    """Start the embedded database before Django connects (unless DATABASE_URL is set)."""
    if hasattr(config, "workerinput"):  # pytest-xdist's workers find it running
        return
    from brokerage.core.catalogues import compile_catalogues
    from brokerage.launch.prepare import prepare

    compile_catalogues()  # they are not in the repository
    trans_real._translations.clear()  # type: ignore[attr-defined]  # Django read what was there before
    prepare(command="test")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Load what `make run` loads, once; and let clean-ups pass the insert-only triggers."""
    from django.core.management import call_command, get_commands
    from django.db import connection

    # On the class: a browser's event loop gives its tests a connection object of their own.
    operations = type(connection.ops)
    flush_tables, execute_flush = operations.sql_flush, operations.execute_sql_flush

    def sql_flush(self: Any, style: Any, tables: Iterable[str], **options: Any) -> list[str]:
        emptied = [table for table in tables if not table.startswith(KEPT_PREFIXES)]
        return flush_tables(self, style, emptied, **options)

    def execute_sql_flush(self: Any, statements: Iterable[str]) -> None:
        execute_flush(self, ["SET LOCAL session_replication_role = replica", *statements])

    operations.sql_flush = sql_flush  # type: ignore[method-assign]
    operations.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign,assignment]
    with django_db_blocker.unblock():
        if "load_reference" in get_commands():
            call_command("load_reference", verbosity=0)


@pytest.fixture
def at() -> datetime:
    """Monday 2 March 2026, 10:00 in Shanghai."""
    return MONDAY


@pytest.fixture(autouse=True)
def no_page_of_another_test() -> None:
    """Pages for everybody are kept in the process for a minute."""
    from brokerage.core import everybody

    everybody.forget()


@pytest.fixture(autouse=True)
def no_language_of_another_test() -> None:
    """A request, or a command, leaves its language in the thread; a test that cares names it."""
    translation.activate("en")
