"""What still stands in the way of closing a unit: told as a list with links, one query each.

Apps above add theirs (open applications); the database refuses what is left in any case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from branches.models import Broker, EntryCode, OrgUnit, Placement, StaffAssignment, UnitLicence
from branches.visits.models import Visit
from branches.visits.states import TAKES_TIME
from brokerage.core.registry import Registry
from brokerage.customers.models import Customer

MOST = 100
"""Counting stops here: "100" is then read as "100 or more"."""


@dataclass(frozen=True)
class Blocker:
    """One kind of thing that remains.

    Attributes:
        key: stable name, such as "customers".
        label: what remains, translated.
        count: how many; MOST where there are as many or more.
        url: the list where somebody deals with it; empty where there is none.
    """

    key: str
    label: str
    count: int
    url: str = ""

    @property
    def shown(self) -> str:
        """The number in words of a list."""
        return f"{MOST}+" if self.count >= MOST else str(self.count)


Finder = Callable[[OrgUnit, date], Blocker]
finders: Registry[Finder] = Registry("branches.blockers")


def blockers(unit: OrgUnit, day: date) -> list[Blocker]:
    """Everything that keeps `unit` from closing on `day`, by the order of the keys."""
    return [found for find in finders if (found := find(unit, day)).count]


def count(rows: QuerySet[Any]) -> int:
    """How many rows, at most MOST; never counts a whole table."""
    return len(rows.order_by().values("pk")[:MOST])


def register_own() -> None:
    """The blockers that this app knows."""
    for key, find in OWN.items():
        finders.register(key, find)


def _after(day: date) -> Q:
    """What holds on or after `day`; what was withdrawn before it began never holds."""
    return Q(valid_to=None) | (Q(valid_to__gt=day) & ~Q(valid_to=F("valid_from")))


def _customers(unit: OrgUnit, day: date) -> Blocker:
    rows = Customer.objects.filter(home_outlet_ref=unit.ref, closed_at=None)
    url = reverse("admin:customers_customer_changelist")
    return Blocker("customers", _("Customers at home here"), count(rows), url)


def _visits(unit: OrgUnit, day: date) -> Blocker:
    rows = Visit.objects.filter(unit=unit, day__gte=day, status__in=TAKES_TIME)
    url = reverse("admin:branches_visit_changelist")
    return Blocker("visits", _("Booked visits"), count(rows), url)


def _codes(unit: OrgUnit, day: date) -> Blocker:
    rows = EntryCode.objects.filter(unit=unit, ended_at=None, ends_at__date__gte=day)
    url = reverse("admin:branches_entrycode_changelist")
    return Blocker("codes", _("Entry codes of people"), count(rows.filter(_owned())), url)


def _owned() -> Q:
    # codes of the place itself end, or go on elsewhere, with the procedure
    return Q(person__isnull=False) | Q(broker__isnull=False)


def _staff(unit: OrgUnit, day: date) -> Blocker:
    rows = StaffAssignment.objects.filter(_after(day), unit=unit)
    url = reverse("admin:branches_staffassignment_changelist")
    return Blocker("staff", _("Staff with a role here"), count(rows), url)


def _brokers(unit: OrgUnit, day: date) -> Blocker:
    rows = Broker.objects.filter(_after(day), unit=unit)
    url = reverse("admin:branches_broker_changelist")
    return Blocker("brokers", _("Registered brokers"), count(rows), url)


def _licence(unit: OrgUnit, day: date) -> Blocker:
    rows = UnitLicence.objects.filter(_after(day), unit=unit)
    url = reverse("admin:branches_unitlicence_changelist")
    return Blocker("licence", _("Licence not handed back"), count(rows), url)


def _units(unit: OrgUnit, day: date) -> Blocker:
    rows = Placement.objects.filter(_after(day), parent=unit)
    url = reverse("admin:branches_orgunit_changelist")
    return Blocker("units", _("Units below"), count(rows), url)


OWN: dict[str, Finder] = {
    "branches.brokers": _brokers,
    "branches.codes": _codes,
    "branches.customers": _customers,
    "branches.licence": _licence,
    "branches.staff": _staff,
    "branches.units": _units,
    "branches.visits": _visits,
}
