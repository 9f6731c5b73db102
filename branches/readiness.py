"""What a service point still lacks before it opens: told as a list with links, and held to.

The steps of its procedure with these keys are done only when what they say is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from branches.entry_codes import institution_name
from branches.models import OpeningHours, OrgUnit, Room, Service, UnitProcedure
from branches.selectors import staff_on
from branches.visits.selectors import free_times, purposes
from branches.visits.supply import moment
from brokerage.core.clock import business_date

TRIED = timedelta(days=14)
"""In so many days from the first on somebody must be able to come for each service."""


@dataclass(frozen=True)
class Need:
    """One thing that has to be there.

    Attributes:
        key: of the step that says it.
        label: what it is, translated.
        lacks: what is missing, translated; empty where nothing is.
        url: where somebody deals with it; empty where there is no page for it.
        right: what opens that page; empty where whoever sees the procedure may.
    """

    key: str
    label: str
    lacks: str
    url: str = ""
    right: str = ""


def needs(procedure: UnitProcedure, at: datetime) -> list[Need]:
    """What the service point of a running procedure needs, in the order of its steps.

    Each is asked for the day on which it opens, or for today where that has passed.
    """
    assert procedure.unit is not None, "a point stands in the tree from the start"
    day = opening_day(procedure, at)
    return [
        Need(key, *ask(procedure, procedure.unit, day), right=RIGHTS.get(key, ""))
        for key, ask in NEEDS.items()
    ]


def lacking(procedure: UnitProcedure, at: datetime, *, step: str = "") -> str:
    """What is missing for one step, or for all of them, in one sentence; empty where all is there.

    Args:
        step: key of a step; empty for everything.
    """
    found = [one.lacks for one in needs(procedure, at) if one.lacks and step in ("", one.key)]
    return " ".join(found)


def opening_day(procedure: UnitProcedure, at: datetime) -> date:
    """The first day on which the point can give something."""
    return max(procedure.effective_on, business_date(at))


def planned_services(procedure: UnitProcedure) -> list[Service]:
    """What the plan says will be given there, in the order of the catalogue."""
    rows = Service.objects.filter(code__in=procedure.plan["services"]).select_related("licence")
    return list(rows.order_by("position", "code"))


Answer = tuple[str, str, str]
"""Label, what is missing, address."""


def _agreement(procedure: UnitProcedure, unit: OrgUnit, day: date) -> Answer:
    works = institution_name(UUID(procedure.plan["institution"])) is not None
    lacks = "" if works else _("This institution does not work with us now.")
    return _("Institution with a contract and a licence in force"), lacks, ""


def _room(procedure: UnitProcedure, unit: OrgUnit, day: date) -> Answer:
    found = Room.objects.on(day).filter(unit=unit).exists()
    lacks = "" if found else _("There is no counter or room yet.")
    return _("Counter or room"), lacks, reverse("admin:branches_room_add")


def _staff(procedure: UnitProcedure, unit: OrgUnit, day: date) -> Answer:
    """Somebody of ours for each service that needs a licence, and somebody at all."""
    label, url = _("Our own people on duty"), reverse("admin:branches_rolerequest_add")
    duties = staff_on(unit, day)
    if not duties:
        return label, _("Nobody of ours is assigned to the point on that day."), url
    held = set().union(*(duty.licences for duty in duties))
    bare = [
        service.name
        for service in planned_services(procedure)
        if service.licence is not None and service.licence.code not in held
    ]
    told = _("Nobody there has the licence for: {services}.").format(services="、".join(bare))
    return label, told if bare else "", url


def _hours(procedure: UnitProcedure, unit: OrgUnit, day: date) -> Answer:
    found = OpeningHours.objects.on(day).filter(unit=unit).exists()
    lacks = "" if found else _("The point has no hours on any day of the week.")
    url = reverse("admin:branches_orgunit_place", args=[unit.ref])
    return _("Hours of the week"), lacks, url


def _slots(procedure: UnitProcedure, unit: OrgUnit, day: date) -> Answer:
    """A free time for every planned service that customers book."""
    codes = set(procedure.plan["services"])
    wanted = [one for one in purposes() if one.service.code in codes]
    full = [
        purpose.name
        for purpose in wanted
        if not any(
            found.times
            for found in free_times(
                [unit],
                purpose,
                at=moment(day, 0),
                first=day,
                last=day + TRIED,
                offered=(day, None),
            ).get(unit.pk, ())
        )
    ]
    told = _("Within two weeks nobody could be booked for: {purposes}.").format(
        purposes="、".join(full)
    )
    return _("Times to book"), told if full else "", ""


NEEDS: dict[str, Callable[[UnitProcedure, OrgUnit, date], Answer]] = {
    "agreement": _agreement,
    "room": _room,
    "staff": _staff,
    "hours": _hours,
    "slots": _slots,
}
RIGHTS = {"room": "branches.add_room", "staff": "branches.add_rolerequest"}
