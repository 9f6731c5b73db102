"""Having the worker fetch the files of a day, whatever is there of it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.calendars import CalendarEnds, is_trading_day
from brokerage.users.models import User
from holdings.events import DayAsked
from holdings.models import CounterDay
from holdings.use_cases.bring_files import ASKED_FOR, KEPT


class UnableToAsk(Exception):
    """The day has no files that could be asked for; the message is translated."""


@transaction.atomic
def ask_day(*, day: date, by: User, at: datetime) -> bool:
    """Have the worker ask the counter for all files of a day; corrections come with them.

    Args:
        day: a trading day of the last 30 days.
        by: who asks; the journal names them for what their asking brings.
        at: the instant.

    Returns:
        False where it was asked for already and waits.

    Raises:
        UnableToAsk: for another day.
    """
    from holdings.tasks import bring  # tasks call use cases

    if not _has_files(day, business_date(at)):
        raise UnableToAsk(_("Choose a day of the list."))
    CounterDay.objects.get_or_create(day=day)
    row = CounterDay.objects.select_for_update().get(day=day)
    if row.asked_at is not None and at < row.asked_at + ASKED_FOR:
        return False
    row.asked_at = at
    row.save(update_fields=["asked_at"])
    record(DayAsked(subject=row.ref, day=day), actor=Actor.of(by), at=at)
    bring.defer(day=day.isoformat(), by=str(by.ref))
    return True


def _has_files(day: date, today: date) -> bool:
    try:
        return today - KEPT <= day <= today and is_trading_day(day)
    except CalendarEnds:
        return False
