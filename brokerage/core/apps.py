from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from psycopg import _queries

PLANNED_MOST = 500
"""Statements that a connection keeps planned, or counts towards it."""
LONGEST, MOST_VALUES = 16_000, 300
"""How long a statement is, and how many values it has, whose reading the driver keeps."""


class CoreConfig(AppConfig):
    name = "brokerage.core"
    label = "core"

    def ready(self) -> None:
        from brokerage.core import checks, field_checks  # noqa: F401 - registers them
        from brokerage.core.instants import read_instants_quickly
        from brokerage.core.roles import sync_after_migrate

        post_migrate.connect(sync_after_migrate, dispatch_uid="core.sync_roles")
        read_instants_quickly()
        keep_long_statements()
        connection_created.connect(keep_more_planned, dispatch_uid="core.keep_more_planned")


def keep_long_statements() -> None:
    """Let the driver look for the places of values in a long statement once, as in short ones.

    It does so anew each time from 50 values on, as a list of rows of any length would have; ours
    that write several rows and their entry at once are always the same.
    """
    _queries.MAX_CACHED_STATEMENT_LENGTH, _queries.MAX_CACHED_STATEMENT_PARAMS = (
        LONGEST,
        MOST_VALUES,
    )
    _queries._query2pg = lru_cache(PLANNED_MOST)(_queries._query2pg_nocache)


def keep_more_planned(connection: Any, **kwargs: Any) -> None:
    """Let a connection keep the plans of all that a whole opening asks (ADR 0008).

    The driver keeps 100, of which each savepoint takes two; an opening has some 300 statements,
    so that many were forgotten and planned anew each time.
    """
    if connection.vendor == "postgresql":
        connection.connection.prepared_max = PLANNED_MOST
