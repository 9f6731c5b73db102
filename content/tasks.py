"""Background work of this app."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from brokerage.core import clock
from brokerage.core.jobs import Lane, job, schedule
from content.models import Source
from content.use_cases import tell_readers as telling
from content.use_cases.ask_feed import ask_feed
from content.use_cases.remind import remind
from holdings.selectors.averages import days_before


@job(Lane.BULK)
def tell_readers(correction: str) -> None:
    """Tell everybody who read a wrong version."""
    telling.tell_readers(correction=UUID(correction), at=clock.now())


@job(Lane.BULK, lock="content.feeds")
def ask(source: str) -> None:
    """Take what is new in the feed of a source."""
    ask_feed(source=Source.objects.get(ref=UUID(source)), at=clock.now())


@job(Lane.BULK, lock="content.reminders")
def remind_of(day: str) -> None:
    """Look at every customer for a business day."""
    remind(day=date.fromisoformat(day), at=clock.now())


@schedule("20 22 * * *")
def remind_of_yesterday(timestamp: int) -> None:
    """At 06:20 in Shanghai: the last trading day, whose files were taken in the evening."""
    for day in days_before(clock.today(), 1):
        remind_of.defer(day=day.isoformat())


@schedule("7,37 * * * *")
def ask_feeds(timestamp: int) -> None:
    """Every half hour: ask the feed of every source in use."""
    rows = Source.objects.filter(is_active=True).exclude(feed_url="")
    for ref in rows.values_list("ref", flat=True):
        ask.defer(source=str(ref))
