from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from psycopg import _queries

PLANNED_MOST = 500
"""Statements that a connection keeps planned, or counts towards it."""
TAKEN_APART_MOST = 500
PLACES_MOST = 300
"""Statements that a process keeps taken apart at the places of their values, and how many."""


class CoreConfig(AppConfig):
    name = "brokerage.core"
    label = "core"

    def ready(self) -> None:
        from brokerage.core import checks, field_checks  # noqa: F401 - registers them
        from brokerage.core.display import translated
        from brokerage.core.instants import read_instants_quickly
        from brokerage.core.roles import sync_after_migrate

        post_migrate.connect(sync_after_migrate, dispatch_uid="core.sync_roles")
        read_instants_quickly()
        translated.take_place()
        keep_more_taken_apart()
        connection_created.connect(keep_more_planned, dispatch_uid="core.keep_more_planned")


def keep_more_taken_apart() -> None:
    """Let the driver remember where the places of values are, also in statements of many.

    By itself it keeps 128 statements of at most 50 values and searches through any other each
    time, which takes longer than sending it. The names are its own and not promised to stay:
    without them it goes on as it does by itself.
    """
    if apart := getattr(_queries, "_query2pg_nocache", None):
        _queries._query2pg = lru_cache(TAKEN_APART_MOST)(apart)
        _queries.MAX_CACHED_STATEMENT_PARAMS = PLACES_MOST
        _queries.MAX_CACHED_STATEMENT_LENGTH = 4 * 4096


def keep_more_planned(connection: Any, **kwargs: Any) -> None:
    """Let a connection keep the plans of all that a whole opening asks (ADR 0008).

    The driver keeps 100, of which each savepoint takes two; an opening has some 300 statements,
    so that many were forgotten and planned anew each time.
    """
    if connection.vendor == "postgresql":
        connection.connection.prepared_max = PLANNED_MOST
