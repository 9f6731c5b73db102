"""Averages of net assets over trading days, for one customer and for all of them in one set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from brokerage.core.money import CENT
from brokerage.core.written import LATER_DAY, SOME_DAY, Written
from brokerage.customers.models import Customer
from brokerage.reference.models import CalendarDay, Market
from holdings.dated import tier_rule
from holdings.models import Account, AssetSnapshot, CounterFile, CustomerAssets
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


def late_days(first: date, last: date) -> list[date]:
    """Trading days from `first` to `last` that lack a valued file, though an earlier day has one.

    Nobody has a snapshot of such a day. Before the first file of all nothing is late. One query.
    """
    return LATE.load(first=first, last=last)


def _late(first: date, last: date) -> QuerySet[CalendarDay, date]:
    files = CounterFile.objects.taken().filter(kind__in=VALUED)
    taken = files.filter(day=OuterRef("day")).order_by().values("day").annotate(n=Count("pk"))
    rows = CalendarDay.objects.filter(
        Exists(files.filter(day__lt=OuterRef("day"))),
        market=Market.CN,
        is_trading=True,
        day__range=(first, last),
    )
    lacking = rows.alias(taken=Coalesce(Subquery(taken.values("n")), 0)).filter(
        taken__lt=len(VALUED)
    )
    return lacking.order_by("day").values_list("day", flat=True)


LATE = Written(_late, first=SOME_DAY, last=LATER_DAY)


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
    """The average of the `n` trading days before `on`; two queries."""
    return average(amounts_of(customer, days_before(on, n)), n)


def has_account(customer: Customer) -> bool:
    """Whether anybody knows what this customer holds with us."""
    return Account.objects.of(customer).exists()


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
