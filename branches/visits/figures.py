"""The dated figures of visits: their form, how the release loads them, and one read of all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branches.content import MATRIX
from brokerage.reference.dated import NoRuleInForce
from brokerage.reference.models import Rule
from brokerage.reference.schemas import Schema, Type
from brokerage.reference.use_cases.load_reference import ship

PREFIX = "visits."
FILE = Path(__file__).parent / "reference" / "rules.yaml"

SCHEMAS = tuple(
    Schema(key=PREFIX + name, label=label, type=Type.INTEGER, unit=unit, least=1, most=most)
    for name, label, unit, most in (
        ("hold_minutes", _("How long a chosen time is held"), "minutes", 60),
        ("offer_minutes", _("How long a time offered from the wait-list is held"), "minutes", 720),
        ("grace_minutes", _("How late a booked customer may come"), "minutes", 60),
        ("lead_minutes", _("How long before a time it can be booked last"), "minutes", 2880),
        ("days_ahead", _("How many days ahead can be booked"), "days", 60),
        ("grid_minutes", _("Distance of two times that are offered"), "minutes", 120),
        ("reminder_hours", _("How long before a visit we remind of it"), "hours", 168),
        ("visits_per_customer", _("Visits that one customer may have ahead"), "visits", 20),
    )
)

KEEPING = Schema(key="retention.visits", label=_("Keep visits to outlets for"), type=Type.PERIOD)


@dataclass(frozen=True)
class Figures:
    """All of them on one day, with the version of each as one text."""

    hold: timedelta
    offer: timedelta
    grace: timedelta
    lead: timedelta
    days_ahead: int
    grid: int
    reminder: timedelta
    per_customer: int


def figures_and_matrix(day: date) -> tuple[Figures, dict[str, list[str]]]:
    """The figures in force on the business date `day`, and which services each type may give.

    One query.

    Raises:
        NoRuleInForce: when one is missing.
    """
    rows = Rule.objects.on(day).filter(Q(key__startswith=PREFIX) | Q(key=MATRIX))
    found = {rule.key.removeprefix(PREFIX): rule.figure for rule in rows}
    for name in (*(schema.key.removeprefix(PREFIX) for schema in SCHEMAS), MATRIX):
        if name not in found:
            raise NoRuleInForce(name, day)
    figures = Figures(
        hold=timedelta(minutes=found["hold_minutes"]),
        offer=timedelta(minutes=found["offer_minutes"]),
        grace=timedelta(minutes=found["grace_minutes"]),
        lead=timedelta(minutes=found["lead_minutes"]),
        days_ahead=found["days_ahead"],
        grid=found["grid_minutes"],
        reminder=timedelta(hours=found["reminder_hours"]),
        per_customer=found["visits_per_customer"],
    )
    return figures, found[MATRIX]


def figures_on(day: date) -> Figures:
    """The figures in force on the business date `day`; one query."""
    return figures_and_matrix(day)[0]


def register() -> None:
    """Make the figures known to the loader of dated rules."""
    ship("branches.visit_rules", FILE, *SCHEMAS, KEEPING)
