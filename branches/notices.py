"""Messages that go out in numbers: to the customers of a place, and to staff with duties."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from branches.models import Licence, OrgUnit, UnitProcedure
from branches.rules.ladders import rung
from branches.selectors.duties import forced_leave_cases, licences_ending
from branches.states import ProcedureKind
from brokerage.core.clock import business_date
from brokerage.core.display.languages import in_each_language
from brokerage.customers.models import Customer
from brokerage.messaging import send

BATCH = 200
KINDS = {
    ProcedureKind.RELOCATION: "branches.unit_relocation",
    ProcedureKind.CLOSING: "branches.unit_closing",
}


def tell_customers_of(*, ref: UUID, at: datetime) -> int:
    """Write to every customer at home in the unit; whoever was told is not told again.

    Returns:
        How many customers were gone through.
    """
    procedure = UnitProcedure.objects.select_related("unit").get(ref=ref)
    kind = KINDS.get(ProcedureKind(procedure.kind))
    if kind is None or procedure.unit is None or not procedure.is_running:
        return 0
    told, words = 0, _words(procedure)
    for customers in _batches(procedure.unit):
        with transaction.atomic():
            for customer in customers:
                send(
                    kind=kind,
                    customer=customer,
                    context=words,
                    at=at,
                    dedupe_key=f"{kind}:{procedure.ref}:{customer.ref}",
                )
        told += len(customers)
    return told


def _batches(unit: OrgUnit) -> Iterator[list[Customer]]:
    last = 0
    while True:
        rows = Customer.objects.filter(home_outlet_ref=unit.ref, closed_at=None, pk__gt=last)
        found = list(rows.exclude(user=None).order_by("pk")[:BATCH])
        if not found:
            return
        yield found
        last = found[-1].pk


def _words(procedure: UnitProcedure) -> dict[str, Any]:
    assert procedure.unit is not None, "an opening tells nobody"
    if procedure.kind == ProcedureKind.CLOSING:
        successor = OrgUnit.objects.get(ref=procedure.plan["successor"])
        there = in_each_language(lambda: successor.name)
    else:
        there = procedure.new_address
    unit = procedure.unit
    return {
        "place": in_each_language(lambda: unit.name),
        "address": there,
        "day": procedure.effective_on.isoformat(),
    }


def remind_of_duties(*, at: datetime) -> int:
    """Write to staff on each rung of the ladders; once a rung, whenever this runs.

    Returns:
        How many reminders were due today, sent ones included.
    """
    today = business_date(at)
    return _licences(today, at) + _forced_leave(today, at)


def _licences(today: date, at: datetime) -> int:
    rows, rungs = licences_ending(today)
    due = 0
    for licence in rows.select_related("user", "kind"):
        due += _remind_licence(licence, today, rungs, at)
    return due


def _remind_licence(licence: Licence, today: date, rungs: list[int], at: datetime) -> int:
    assert licence.valid_to is not None, "only licences with an end are asked for"
    reached = rung(licence.valid_to, today, rungs)
    if reached is None:
        return 0
    send(
        kind="branches.licence_ends",
        user=licence.user,
        context={
            "what": in_each_language(lambda: licence.kind.name),
            "day": licence.valid_to.isoformat(),
        },
        at=at,
        dedupe_key=f"branches.licence_ends:{licence.ref}:{reached}",
    )
    return 1


def _forced_leave(today: date, at: datetime) -> int:
    due = 0
    for case in forced_leave_cases(today):
        reached = rung(case.due_on, today, case.ladder)
        if reached is None:
            continue
        due += 1
        send(
            kind="branches.forced_leave_due",
            user=case.user,
            context={"day": case.due_on.isoformat()},
            at=at,
            dedupe_key=f"branches.forced_leave_due:{case.user.ref}:{case.due_on}:{reached}",
        )
    return due
