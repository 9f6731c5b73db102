"""What a person's own copy of their data says of their visits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from branches.models.names import names_then
from branches.visits.models import Visit, WaitEntry
from brokerage.core import data_export
from brokerage.core.data_export import Person
from brokerage.customers.models import Customer
from brokerage.customers.subjects import RECORDS


def register() -> None:
    """Called once when the app is ready."""
    data_export.register(
        "visits",
        title=_("Visits to outlets"),
        collect=_visits,
        order=55,
        covers=("branches.Visit",),
    )
    data_export.register(
        "wait_list",
        title=_("Wait-lists of outlets"),
        collect=_waiting,
        order=56,
        covers=("branches.WaitEntry",),
    )
    RECORDS.register("branches.visits", _visit_refs)
    RECORDS.register("branches.wait_list", _wait_refs)


def _visit_refs(customer: Customer) -> QuerySet[Any, UUID]:
    return Visit.objects.of(customer).values_list("ref", flat=True)


def _wait_refs(customer: Customer) -> QuerySet[Any, UUID]:
    return WaitEntry.objects.filter(customer=customer).values_list("ref", flat=True)


def _visits(person: Person) -> list[dict[str, Any]]:
    rows = Visit.objects.filter(customer__ref=person.customer).select_related("unit", "purpose")
    rows = rows.annotate(**names_then("unit", "day"))
    return [
        {
            "number": str(row.ref),
            "outlet": row.place_name,
            "purpose": row.purpose.name,
            "status": row.get_status_display(),
            "day": row.day.isoformat(),
            "starts_at": _instant(row.starts_at),
            "arrived_at": _instant(row.arrived_at),
            "ended_at": _instant(row.ended_at),
        }
        for row in rows.order_by("day", "pk")
    ]


def _waiting(person: Person) -> list[dict[str, Any]]:
    rows = WaitEntry.objects.filter(customer__ref=person.customer)
    return [
        {
            "number": str(row.ref),
            "outlet": row.unit.name,
            "purpose": row.purpose.name,
            "status": row.get_status_display(),
            "since": row.created_at.isoformat(),
            "ended_at": _instant(row.ended_at),
        }
        for row in rows.select_related("unit", "purpose").order_by("pk")
    ]


def _instant(value: Any) -> str | None:
    return value.isoformat() if value else None
