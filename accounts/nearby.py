"""Which outlets the outlet step offers first, and what it says of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Application
from accounts.selectors import open_outlets, section_of
from accounts.states import Step
from branches.finder.outlets import Line, Wish, all_outlets, search
from branches.finder.rules.geo import Point
from branches.models import OrgUnit
from branches.states import Kind
from brokerage.core.clock import business_date

NEAREST = 3


@dataclass(frozen=True)
class Nearby:
    """One outlet as the step offers it.

    Attributes:
        ref: value of the choice.
        name: of the outlet.
        facts: address, distance and hours of today, in one line.
    """

    ref: UUID
    name: str
    facts: str


def nearby(
    application: Application,
    *,
    at: datetime,
    near: Point | None = None,
    chosen: OrgUnit | None = None,
) -> list[Nearby]:
    """The chosen outlet and the nearest ones, the chosen first.

    Nearest to where the customer says to be; else to the chosen outlet; else those whose place
    the address of the identity document names, by province, prefecture and county.

    Args:
        application: whose step.
        at: the instant; hours are those of its day.
        near: where the customer is, if they told.
        chosen: the outlet that was asked for or is kept.
    """
    lines = [line for line in all_outlets(at) if line.kind == Kind.OUTLET]
    own = next((line for line in lines if chosen and line.pk == chosen.pk), None)
    here = near or (own.point if own else None)
    if here:
        lines = search(lines, Wish(near=here))
    else:
        address = _address(application)
        lines = sorted(lines, key=lambda line: -_named(line, address))
    told = {line.pk: _facts(line, bool(near)) for line in lines}
    first = [chosen.pk] if chosen else []
    keys = first + [line.pk for line in lines if line.pk not in first]
    on = business_date(at)
    open_ones = {unit.pk: unit for unit in open_outlets(on).values()}
    units = {key: open_ones[key] for key in keys[: NEAREST + 1] if key in open_ones}
    if len(units) < NEAREST:  # some have no address yet
        others = (key for key in open_ones if key not in units)
        units |= {key: open_ones[key] for key in islice(others, NEAREST)}
    ordered = [key for key in keys if key in units] + [key for key in units if key not in keys]
    return [
        Nearby(units[key].ref, str(units[key].name), told.get(key, ""))
        for key in ordered[: NEAREST + len(first)]
    ]


def _address(application: Application) -> str:
    section = section_of(application, Step.IDENTITY)
    return str(section.answers.get("address", "")) if section else ""


def _named(line: Line, address: str) -> int:
    """How many of the outlet's places, from the province down, the address names."""
    return sum(place.name_zh in address for place in line.places)


def _facts(line: Line, with_distance: bool) -> str:
    parts = [line.address]
    if with_distance and line.km is not None:
        parts.append(_("{km} km away").format(km=f"{line.km:.1f}"))
    if line.hours:
        hours = ", ".join(f"{_clock(opens)}–{_clock(closes)}" for opens, closes in line.hours)
        parts.append(_("today {hours}").format(hours=hours))
    else:
        parts.append(_("closed today"))
    return " · ".join(parts)


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"
