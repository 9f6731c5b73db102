"""The pool asks a connection that rested whether it lives, and not one that was just at work."""

from __future__ import annotations

from types import SimpleNamespace
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


@pytest.mark.parametrize(("later", "kept"), [(0.5, True), (1.5, False)])
def test_a_thread_of_the_portal_keeps_its_connection_for_a_second(
    monkeypatch: pytest.MonkeyPatch, later: float, kept: bool
) -> None:
    """Django closes what has no life left, when a request begins or ends."""
    given_back: list[bool] = []
    held = SimpleNamespace(pool=True, close_at=0.0)
    pooled._keep(held)
    began = held.close_at - pooled.RECENT
    wrapper = connection.copy()
    wrapper.ensure_connection()
    wrapper.close_at = held.close_at
    monkeypatch.setattr(wrapper, "close", lambda: given_back.append(True))
    monkeypatch.setattr("time.monotonic", lambda: began + later)
    wrapper.close_if_unusable_or_obsolete()
    assert given_back == ([] if kept else [True])
    monkeypatch.undo()
    wrapper.close()


def test_without_a_pool_a_connection_is_kept_as_django_says() -> None:
    held = SimpleNamespace(pool=None, close_at=7.0)
    pooled._keep(held)
    assert held.close_at == 7.0
