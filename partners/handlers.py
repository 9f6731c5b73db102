"""What follows when something happened to an application."""

from __future__ import annotations

from uuid import UUID

from accounts.events import ApplicationEvent
from accounts.models import Application
from branches.visits.events import (
    VisitCancelled,
    VisitEvent,
    VisitMoved,
    VisitRehomed,
    VisitRelocated,
)
from brokerage.journal.models import Entry
from partners.events import AppointmentMade
from partners.models import Appointment
from partners.tasks import text_person
from partners.use_cases import follow_visit as use_cases
from partners.use_cases.follow_application import follow_application
from partners.use_cases.text_person import BOOKED, CANCELLED, CHANGED


def follow(event: ApplicationEvent, entry: Entry) -> None:
    """The lead goes along; the institution hears of it while the customer agrees."""
    application = Application.objects.filter(ref=event.subject).first()
    if application is not None:
        follow_application(application=application, version=event.version, at=entry.at)


def tell_booked(event: AppointmentMade, entry: Entry) -> None:
    """The person learns when and where, from us."""
    _text(str(event.subject), BOOKED, entry)


def tell_changed(event: VisitMoved | VisitRehomed | VisitRelocated, entry: Entry) -> None:
    """The outlet moved it; what the institution did itself, the institution tells."""
    if not isinstance(event, VisitMoved) or event.by_staff:
        _text_of_visit(event.subject, CHANGED, entry)


def tell_cancelled(event: VisitCancelled, entry: Entry) -> None:
    """The outlet cancelled it: nobody stands before a closed door."""
    if event.by_staff and event.starts_at and not event.was_held:
        _text_of_visit(event.subject, CANCELLED, entry)


def _text_of_visit(visit: UUID, kind: str, entry: Entry) -> None:
    rows = Appointment.objects.filter(visit__ref=visit, visit__customer__user=None)
    for ref in rows.values_list("ref", flat=True):
        _text(str(ref), kind, entry)


def _text(appointment: str, kind: str, entry: Entry) -> None:
    text_person.defer(appointment=appointment, kind=kind, key=str(entry.ref))


def follow_visit(event: VisitEvent, entry: Entry) -> None:
    """The institution that booked the visit hears of its stage while it may."""
    use_cases.follow_visit(visit=event.subject, at=entry.at)
