"""The pool asks a connection that rested whether it lives, and not one that was just at work."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import connection

from brokerage.core import pooled
from brokerage.core.pooled import PooledConnection
from brokerage.settings.base import POOL

pytestmark = pytest.mark.django_db


@pytest.fixture
def given() -> dict[str, Any]:
    """How the portal connects."""
    return {
        name: value
        for name, value in connection.get_connection_params().items()
        if name not in ("context", "cursor_factory")
    }


def dies(made: PooledConnection, given: dict[str, Any]) -> None:
    """Its server process ends, which it does not know."""
    with psycopg.connect(**given, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [made.info.backend_pid])


def test_one_that_rested_is_asked(given: dict[str, Any]) -> None:
    made = PooledConnection.connect(**given, autocommit=True)
    dies(made, given)
    with pytest.raises(psycopg.OperationalError):
        made.execute("")


def test_one_that_was_just_handed_out_is_taken_to_live_on(given: dict[str, Any]) -> None:
    made = PooledConnection.connect(**given, autocommit=True)
    made.execute("")
    dies(made, given)
    made.execute("")
    with pytest.raises(psycopg.OperationalError):
        made.execute("SELECT 1")  # what is really asked fails as ever


def test_after_a_while_it_is_asked_again(
    given: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([10.0, 10.5, 11.6])
    monkeypatch.setattr(pooled, "monotonic", lambda: next(times))
    made = PooledConnection.connect(**given, autocommit=True)
    made.execute("")
    dies(made, given)
    made.execute("")
    with pytest.raises(psycopg.OperationalError):
        made.execute("")


def test_the_portal_makes_its_connections_so() -> None:
    assert POOL["connection_class"] is PooledConnection
    assert "reset" not in POOL  # it would hand each connection to a thread
