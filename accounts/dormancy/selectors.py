"""Which accounts nobody uses, asked of the database in portions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.dormancy.dated import DormancyTerms
from accounts.dormancy.states import DormancyStatus
from accounts.life.states import CLOSING_OPEN
from accounts.models import Application, Closing, Dormancy
from accounts.states import CashStatus, Status
from brokerage.core.clock import day_begins
from brokerage.core.registry import Registry
from brokerage.reference.periods import Period
from holdings.selectors.idle import newest_day, unused

Use = Callable[[], Q]
uses: Registry[Use] = Registry("accounts.dormancy_uses")
"""What apps above know of that means use: conditions on applications, such as units of a fund."""
FRESH = timedelta(days=15)
"""What the counter told longer ago says nothing about today: then nobody is put to rest."""


def first_day(on: date, terms: DormancyTerms) -> date:
    """The first day of the time without use."""
    return Period(years=terms.years).before(on)


def is_unused(on: date, terms: DormancyTerms) -> Q | None:
    """The condition on applications; None while the counter told nothing of late."""
    day = newest_day()
    if day is None or on - day > FRESH:
        return None
    since = first_day(on, terms)
    found = unused("customer", since=since, below=terms.below, day=day)
    for used in uses:
        found &= ~used()
    return found


def portion(after: int, most: int) -> list[int]:
    """Keys of the next `most` active applications after the key `after`."""
    rows = Application.objects.filter(status=Status.ACTIVE, pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:most])


def to_tell(keys: list[int], unused_now: Q, on: date, terms: DormancyTerms) -> list[Application]:
    """Accounts of a portion that nobody uses and whose customer was not told; one query."""
    since = day_begins(first_day(on, terms))
    rows = Application.objects.filter(
        unused_now,
        pk__gte=keys[0],
        pk__lte=keys[-1],
        status=Status.ACTIVE,
        cash_account__status=CashStatus.ACTIVE,
        cash_account__status_since__lt=since,
    )
    told = Dormancy.objects.filter(application=OuterRef("pk"))
    lately = Q(ended_at__gte=since) | Q(ended_at=None)
    closing = Closing.objects.filter(application=OuterRef("pk"), status__in=CLOSING_OPEN)
    rows = rows.filter(~Exists(told.filter(lately)), ~Exists(closing))
    return list(rows.order_by("pk"))


def to_look_at(on: date) -> QuerySet[Dormancy]:
    """Open rests that nobody looked at on the business date `on`; woken ones have a job."""
    rows = Dormancy.objects.open().exclude(status=DormancyStatus.WAKING).filter(looked_on__lt=on)
    return rows.select_related("application").order_by("looked_on", "pk")


def rest_of(application: Application) -> Dormancy | None:
    """The open rest of an account, or None."""
    rows = Dormancy.objects.open().select_related("application__customer__user")
    return rows.filter(application=application).first()
