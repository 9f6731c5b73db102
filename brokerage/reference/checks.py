"""Checks that need the database: run by `manage.py check --database default` and by migrate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connections

from brokerage.core import clock
from brokerage.reference.calendars import LEAST_REMAINING, days_remaining
from brokerage.reference.dated import DatedRule
from brokerage.reference.models import Rule
from brokerage.reference.signers import DEMONSTRATION


@checks.register(checks.Tags.database)
def check_reference(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """The calendar reaches far enough, and no rule of a demonstration decides in production."""
    if not databases or "default" not in databases:
        return []
    try:
        if Rule._meta.db_table not in connections["default"].introspection.table_names():
            return []
        return [*calendar_faults(), *demonstration_faults()]
    except DatabaseError:
        return []  # before the first migration; readiness reports a database that is down


def calendar_faults() -> list[checks.CheckMessage]:
    """A warning while fewer than 60 announced trading days lie ahead of a loaded calendar."""
    remaining = days_remaining(clock.today())
    if remaining.ends is None or not remaining.alarm:
        return []
    return [
        checks.Warning(
            f"The announced calendar has {remaining.announced} trading days left "
            f"(alarm below {LEAST_REMAINING}); {remaining.provisional} more are provisional.",
            hint="Load the announced year: manage.py load_calendar FILE (docs/reference-data.md).",
            id="reference.W001",
        )
    ]


def demonstration_faults() -> list[checks.CheckMessage]:
    """An error where production holds rules that only a demonstration approved."""
    if settings.SANDBOX or not any(map(_of_a_demonstration, _dated_tables())):
        return []
    return [
        checks.Error(
            "Rules of this database were approved for a demonstration only.",
            hint="Start production on a database of its own, never on a copy of a sandbox.",
            id="reference.E001",
        )
    ]


def _dated_tables() -> list[Any]:
    """Every table of dated rules that is there: figures, questionnaires, banks of questions."""
    there = connections["default"].introspection.table_names()
    tables = [each for each in apps.get_models() if issubclass(each, DatedRule)]
    return [each for each in tables if each._meta.db_table in there]


def _of_a_demonstration(table: Any) -> bool:
    return bool(table._default_manager.filter(checked_by_ref=DEMONSTRATION).exists())
