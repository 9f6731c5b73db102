"""What is expensive to build is built once for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import translation


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
