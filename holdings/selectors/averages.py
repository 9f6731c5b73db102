"""Averages of net assets over trading days, for one customer and for all of them in one set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from django.db.models import Exists, OuterRef, QuerySet

from brokerage.core.money import CENT
from brokerage.core.written import LATER_DAY, SOME_DAY, Written
from brokerage.customers.models import Customer
from brokerage.reference.models import CalendarDay, Market
from holdings.dated import tier_rule
from holdings.models import Account, AssetSnapshot, CounterFile, CustomerAssets, WaivedDay
from holdings.models.desk import valued_files
from holdings.states import VALUED, Tier


@dataclass(frozen=True)
class DayAmount:
    """What counted at the end of a trading day; nothing on a day without a snapshot."""

    day: date
    amount: Decimal


def days_before(on: date, n: int) -> list[date]:
    """The `n` trading days before `on`, oldest first; fewer where the calendar begins."""
    rows = CalendarDay.objects.filter(market=Market.CN, is_trading=True, day__lt=on)
    return sorted(rows.order_by("-day").values_list("day", flat=True)[:n])


def trading_days(first: date, last: date) -> list[date]:
    """The trading days from `first` to `last`, oldest first; one query."""
    rows = CalendarDay.objects.filter(market=Market.CN, is_trading=True, day__range=(first, last))
    return list(rows.order_by("day").values_list("day", flat=True))


def counted_days(on: date, n: int) -> list[date]:
    """The `n` trading days before `on` that an average is over, oldest first; two queries.

    A day that two people gave up is left out, and one day more is looked back.
    """
    last = days_before(on, n)
    waived = left_out_days(last[0], on) if last else []
    while waived and len(kept := [day for day in last if day not in waived]) < n:
        more = days_before(last[0], n - len(kept))
        if not more:
            return kept
        last = [*more, *last]
        waived = left_out_days(last[0], on)
    return [day for day in last if day not in waived]


@dataclass(frozen=True)
class Lacking:
    """Trading days that lack a valued file, though an earlier day has one; oldest first.

    Nobody has a snapshot of such a day. Before the first file of all nothing is lacking.

    Attributes:
        late: averages wait for them.
        left_out: two people gave them up, no average counts them.
    """

    late: list[date]
    left_out: list[date]


def lacking_days(first: date, last: date) -> Lacking:
    """What is lacking from `first` to `last`; one query."""
    rows = LACKING.load(first=first, last=last)
    return Lacking(
        late=[day for day, waived in rows if not waived],
        left_out=[day for day, waived in rows if waived],
    )


def late_days(first: date, last: date) -> list[date]:
    """The days from `first` to `last` that averages wait for; one query."""
    return lacking_days(first, last).late


def left_out_days(first: date, last: date) -> list[date]:
    """Given-up days from `first` to `last` that no average counts; one query."""
    return lacking_days(first, last).left_out


def _lacking(first: date, last: date) -> QuerySet[CalendarDay, tuple[date, bool]]:
    files = CounterFile.objects.taken().filter(kind__in=VALUED)
    rows = CalendarDay.objects.filter(
        Exists(files.filter(day__lt=OuterRef("day"))),
        market=Market.CN,
        is_trading=True,
        day__range=(first, last),
    )
    waived = Exists(WaivedDay.objects.approved().filter(day=OuterRef("day")))
    lacking = rows.alias(taken=valued_files("day")).filter(taken__lt=len(VALUED))
    return lacking.annotate(waived=waived).order_by("day").values_list("day", "waived")


LACKING = Written(_lacking, first=SOME_DAY, last=LATER_DAY)


def amounts_of(customer: Customer, days: Sequence[date]) -> list[DayAmount]:
    """What counted on each of `days`; one query."""
    rows = AssetSnapshot.objects.filter(customer=customer, day__in=days)
    found = dict(rows.values_list("day", "counted"))
    return [DayAmount(day, found.get(day, Decimal())) for day in days]


def average(amounts: Sequence[DayAmount], n: int) -> Decimal:
    """The mean over `n` days, rounded down to the cent (towards zero)."""
    total = sum((each.amount for each in amounts), Decimal())
    return (total / n).quantize(CENT, ROUND_DOWN)


def average_of(customer: Customer, on: date, n: int) -> Decimal:
    """The average of the `n` counted trading days before `on`; three queries."""
    return average(amounts_of(customer, counted_days(on, n)), n)


def has_account(customer: Customer, on: date) -> bool:
    """Whether anybody knows what this customer holds with us on the business date `on`."""
    return Account.objects.of(customer).open_on(on).exists()


def service_tier(customer: Customer, on: date) -> Tier:
    """How the customer is served on the business date `on`, by the rule in force that day.

    Raises:
        NoRuleInForce: when no rule says it.
    """
    rule = tier_rule(on)
    enough = average_of(customer, on, rule.days) >= rule.least
    return Tier.FULL if enough else Tier.BASIC


def measured_tier(customer: Customer) -> Tier:
    """The tier as last measured for everybody; basic for whom nothing was measured. One query."""
    found = CustomerAssets.objects.filter(customer=customer).values_list("tier", flat=True).first()
    return Tier(found) if found else Tier.BASIC
