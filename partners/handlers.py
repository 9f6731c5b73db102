"""What follows when something happened to an application."""

from __future__ import annotations

from accounts.events import ApplicationEvent
from accounts.models import Application
from brokerage.journal.models import Entry
from partners.use_cases.follow_application import follow_application


def follow(event: ApplicationEvent, entry: Entry) -> None:
    """The lead goes along; the institution hears of it while the customer agrees."""
    application = Application.objects.filter(ref=event.subject).first()
    if application is not None:
        follow_application(application=application, version=event.version, at=entry.at)
