"""Rules about kinds, roles and dates of acting."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from branches.states import ACTING_MONTHS, PARENTS, SIDES, Kind
from brokerage.core.roles import Role


def may_stand_under(kind: str, parent_kind: str) -> bool:
    """Whether a unit of `kind` may stand under one of `parent_kind`."""
    return Kind(parent_kind) in PARENTS[Kind(kind)]


def excluded_by(role: str, held: Iterable[str]) -> Role | None:
    """The first of the `held` roles that stands on another side than `role`; None if none does."""
    side = SIDES.get(Role(role))
    for other in sorted(held):
        other_side = SIDES.get(Role(other))
        if side and other_side and side != other_side:
            return Role(other)
    return None


def latest_end_of_acting(start: date) -> date:
    """The last possible end (not included) of acting that begins on `start`."""
    return months_later(start, ACTING_MONTHS)


def months_later(start: date, months: int) -> date:
    """The same day so many months later; the month's last day where it has no such day."""
    month = start.month - 1 + months
    year, month = start.year + month // 12, month % 12 + 1
    for day in (start.day, 30, 29, 28):
        if day <= start.day:
            try:
                return date(year, month, day)
            except ValueError:
                continue
    raise AssertionError(start)
