"""What happened to a customer, and who looked at their data: read from the journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from brokerage.core import masking
from brokerage.core.data_export import Person
from brokerage.customers.models import Customer
from brokerage.customers.rules.profile import FIELDS
from brokerage.customers.subjects import refs_about
from brokerage.journal.models import Entry
from brokerage.journal.timeline import Line, line_of, public_kinds

PAGE = 30
LOOKED = "backoffice.personal_data_revealed"
# What the back office's purposes mean to the person whose data it is.
PURPOSES: dict[str, Promise] = {
    "contact": gettext_lazy("To contact you"),
    "verify": gettext_lazy("To check your identity or documents"),
    "complaint": gettext_lazy("To handle your complaint"),
    "inspection": gettext_lazy("Inspection or audit"),
    "authority": gettext_lazy("At the request of an authority"),
    "correction": gettext_lazy("To correct your data at your wish"),
}


@dataclass(frozen=True)
class Look:
    """Somebody of the firm saw one value in plain text.

    Attributes:
        who: the name, shortened.
        field: what was seen.
        purpose: why.
    """

    at: datetime
    who: str
    field: str
    purpose: str


def timeline_of(customer: Customer, *, before: UUID | None = None) -> tuple[list[Line], str]:
    """One page of what happened, newest first, and the ref to go on from (or "")."""
    rows = _entries(customer).filter(kind__in=public_kinds())
    entries, following = _page(rows, before)
    return [line_of(entry, staff=False) for entry in entries], following


def looks_at(customer: Customer, *, before: UUID | None = None) -> tuple[list[Look], str]:
    """One page of who looked at the customer's data, newest first, and the ref to go on from."""
    entries, following = _page(_entries(customer).filter(kind=LOOKED), before)
    return [_look(entry) for entry in entries], following


def export_looks(person: Person) -> list[dict[str, Any]]:
    """Every look, for the customer's own copy."""
    customer = Customer.objects.select_related("user").get(ref=person.customer)
    rows = _entries(customer).filter(kind=LOOKED).order_by("id")
    return [
        {"at": look.at.isoformat(), "who": look.who, "what": look.field, "why": look.purpose}
        for look in map(_look, rows)
    ]


def export_timeline(person: Person) -> list[dict[str, Any]]:
    """Everything that happened, for the customer's own copy."""
    customer = Customer.objects.select_related("user").get(ref=person.customer)
    rows = _entries(customer).filter(kind__in=public_kinds()).order_by("id")
    return [
        {"at": entry.at.isoformat(), "what": line_of(entry, staff=False).text} for entry in rows
    ]


def _entries(customer: Customer) -> QuerySet[Entry]:
    return Entry.objects.filter(subject_ref__in=refs_about(customer))


def _page(rows: QuerySet[Entry], before: UUID | None) -> tuple[list[Entry], str]:
    if before is not None:
        start = rows.filter(ref=before).values_list("pk", flat=True).first()
        rows = rows.filter(pk__lt=start) if start is not None else rows
    found = list(rows.order_by("-id")[: PAGE + 1])
    return found[:PAGE], str(found[PAGE - 1].ref) if len(found) > PAGE else ""


def _look(entry: Entry) -> Look:
    name = str(entry.payload.get("field", ""))
    purpose = str(entry.payload.get("purpose", ""))
    return Look(
        at=entry.at,
        who=masking.name(entry.actor_name) or _("Our system"),
        field=str(FIELDS[name].label) if name in FIELDS else _other_field(name),
        purpose=str(PURPOSES[purpose]) if purpose in PURPOSES else _("Other"),
    )


def _other_field(name: str) -> str:
    return _("Phone number") if name == "phone" else _("Other data")
