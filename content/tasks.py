"""Background work of this app."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from brokerage.core import clock
from brokerage.core.jobs import Lane, job, schedule
from content.models import ReminderRun, Source
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


RECENT = 7
"""So many days back a night that never came to its end is made up for."""


@schedule("20 22 * * *")
def remind_of_yesterday(timestamp: int) -> None:
    """At 06:20 in Shanghai: the last trading day, whose files were taken in the evening.

    With it every trading day of the last RECENT days whose night was missed or died.
    """
    for day in nights_to_do(clock.today()):
        remind_of.defer(day=day.isoformat())


def nights_to_do(today: date) -> list[date]:
    """Trading days of the last RECENT days, of the last one at least, without a finished night."""
    first = today - timedelta(days=RECENT)
    days = days_before(today, RECENT)
    done = set(
        ReminderRun.objects.filter(day__in=days, finished_at__isnull=False).values_list(
            "day", flat=True
        )
    )
    return [day for day in days if day not in done and (day >= first or day == days[-1])]


@schedule("7,37 * * * *")
def ask_feeds(timestamp: int) -> None:
    """Every half hour: ask the feed of every source in use."""
    rows = Source.objects.filter(is_active=True).exclude(feed_url="")
    for ref in rows.values_list("ref", flat=True):
        ask.defer(source=str(ref))
