"""What a person's own copy of their data says of what they read and follow."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from brokerage.core import data_export
from brokerage.core.data_export import Person
from brokerage.customers.models import Customer
from brokerage.customers.subjects import RECORDS
from content.models import CoolingOff, Follow, PutOffReminder, Read, Reminder, ReminderMute
from content.models.reminders import said_of


def register() -> None:
    """Called once when the app is ready."""
    data_export.register(
        "reads", title=_("What you read"), collect=_reads, order=76, covers=("content.Read",)
    )
    data_export.register(
        "follows",
        title=_("What you follow and mute"),
        collect=_follows,
        order=77,
        covers=("content.Follow", "content.ReminderMute", "content.CoolingOff"),
    )
    data_export.register(
        "reminders",
        title=_("Reminders about your trading"),
        collect=_reminders,
        order=78,
        covers=("content.Reminder", "content.PutOffReminder"),
    )
    for label in ("RawItem", "Mark", "Item", "Revision", "Correction"):
        data_export.exempt(f"content.{label}", "what we publish, for all alike")
    RECORDS.register("content.reminders", _refs)


def _reminders(person: Person) -> list[dict[str, Any]]:
    rows = Reminder.objects.filter(customer__ref=person.customer).order_by("made_at", "pk")
    waiting = PutOffReminder.objects.filter(customer__ref=person.customer)
    return [
        {
            "day": row.day.isoformat(),
            "title": row.get_kind_display(),
            "value": row.said,
            "status": row.get_outcome_display(),
            "note": row.note,
        }
        for row in rows
    ] + [
        {
            "day": row.found_on.isoformat(),
            "title": row.get_kind_display(),
            "value": said_of(row.facts),
            "status": str(_("Put off by the weekly limit")),
        }
        for row in waiting.order_by("found_on", "pk")
    ]


def _reads(person: Person) -> list[dict[str, Any]]:
    rows = Read.objects.filter(customer__ref=person.customer).select_related("revision")
    return [
        {
            "at": row.last_at.isoformat(),
            "since": row.first_at.isoformat(),
            "title": row.revision.title,
            "number": row.revision.number,
        }
        for row in rows.order_by("first_at", "pk")
    ]


def _refs(customer: Customer) -> QuerySet[Any, UUID]:
    return Reminder.objects.filter(customer=customer).values_list("ref", flat=True)


def _follows(person: Person) -> list[dict[str, Any]]:
    rows = Follow.objects.filter(customer__ref=person.customer)
    return (
        [
            {
                "since": row.since.isoformat(),
                "title": (row.topic or row.instrument).name,  # type: ignore[union-attr]  # one of the two is there
                "status": str(_("Muted") if row.is_muted else _("Followed")),
            }
            for row in rows.select_related("topic", "instrument").order_by("since", "pk")
        ]
        + [
            {
                "since": row.since.isoformat(),
                "title": row.get_kind_display(),
                "status": str(_("Muted")),
            }
            for row in ReminderMute.objects.filter(customer__ref=person.customer).order_by("pk")
        ]
        + [
            {
                "since": row.since.isoformat(),
                "until": row.until.isoformat(),
                "title": str(_("A time without offers")),
            }
            for row in CoolingOff.objects.filter(customer__ref=person.customer).order_by("since")
        ]
    )
