"""The pool asks a connection that rested whether it lives, and not one that was just at work."""

from __future__ import annotations

from time import monotonic
from typing import Any

import psycopg
import pytest
from django.db import connection

from brokerage.core.pooled import PooledConnection
from brokerage.settings.base import POOL

pytestmark = pytest.mark.django_db


def made() -> PooledConnection:
    """A connection of the class, to the database of the tests."""
    return PooledConnection.connect(**_given(), autocommit=True)


def _given() -> dict[str, Any]:
    return {
        name: value
        for name, value in connection.get_connection_params().items()
        if name not in ("context", "cursor_factory")
    }


@pytest.fixture
def dead() -> PooledConnection:
    """A connection whose server process has ended, which it does not know."""
    ended = made()
    with psycopg.connect(**_given(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [ended.info.backend_pid])
    return ended


def test_one_that_rested_is_asked(dead: PooledConnection) -> None:
    with pytest.raises(psycopg.OperationalError):
        dead.execute("")


def test_one_that_was_just_at_work_is_taken_to_live_on(dead: PooledConnection) -> None:
    dead.at_work = monotonic()
    dead.execute("")
    with pytest.raises(psycopg.OperationalError):
        dead.execute("SELECT 1")  # what is really asked fails as ever


def test_the_portal_makes_its_connections_so() -> None:
    assert POOL["connection_class"] is PooledConnection
    assert "reset" not in POOL  # it would hand each connection to a thread


def test_it_notes_its_work() -> None:
    with made() as busy:
        assert busy.at_work == float("-inf")
        with busy.cursor() as cursor:
            cursor.execute("SELECT 1")
        assert monotonic() - busy.at_work < 1
