"""What follows when something happened to an application."""

from __future__ import annotations

from accounts.events import ApplicationEvent
from accounts.models import Application
from branches.visits.events import VisitEvent
from brokerage.journal.models import Entry
from partners.use_cases import follow_visit as use_cases
from partners.use_cases.follow_application import follow_application


def follow(event: ApplicationEvent, entry: Entry) -> None:
    """The lead goes along; the institution hears of it while the customer agrees."""
    application = Application.objects.filter(ref=event.subject).first()
    if application is not None:
        follow_application(application=application, version=event.version, at=entry.at)


def follow_visit(event: VisitEvent, entry: Entry) -> None:
    """The institution that booked the visit hears of its stage while it may."""
    use_cases.follow_visit(visit=event.subject, at=entry.at)
