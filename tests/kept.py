"""What is expensive to build is built once for all tests of a module; and a time to live at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import translation

from brokerage.core import clock


@contextmanager
def kept(django_db_blocker: Any) -> Iterator[None]:
    """One transaction around the tests of a module; each has its own inside it.

    For fixtures with `scope="module"`. Nothing is committed: at the end everything is rolled back.
    The transaction lasts for minutes, and no journal on this server can be sealed past it: such
    modules and those that seal stand in one group, `xdist_group("transactions")`.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        with translation.override("en"):  # fixtures of a module come before those of a test
            yield
        transaction.set_rollback(True)


@contextmanager
def living_at(at: datetime) -> Iterator[None]:
    """The whole process lives at `at`, the threads that serve a browser too; then as before.

    Opening hours, cut-offs and what is free today are asked of the clock.
    """
    clock.set_offset(at - clock.now())
    try:
        yield
    finally:
        clock.set_offset(timedelta(0))
