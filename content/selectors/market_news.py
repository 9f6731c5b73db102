"""Whose securities got another rating, or stand far from their own history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.urls import reverse

from brokerage.core.display import formats
from brokerage.core.display.languages import in_each_language
from brokerage.core.reminders import Found, Look
from brokerage.core.written import any_of
from content.models import ClosingPrice, Rating, Valuation
from content.reminder_rules import rating_rule_on, valuation_rule_on
from content.rules.valuing import Side, ValuationRule, percent_below, side_of
from content.selectors.trading_habits import both
from content.states import RatingLevel
from holdings.models import Position

EARNINGS, BOOK = both("市盈率（近四个季度）", "price to earnings"), both("市净率", "price to book")
SIDES = {Side.HIGH: both("偏高", "high"), Side.LOW: both("偏低", "low")}


def ratings(day: date) -> Look:
    """The newest rating of each source differs from the one before; told to who holds it."""
    rule = rating_rule_on(day)
    changed: dict[int, list[Any]] = defaultdict(list)
    for row in changes(after=day - timedelta(days=rule.fresh_days), until=day):
        changed[row.instrument_id].append(row)

    def look(keys: Sequence[int]) -> Iterator[Found]:
        for customer, instrument in _holders(keys, list(changed), day):
            for row in changed[instrument]:
                old, new = RatingLevel(row.before), RatingLevel(row.level)
                yield Found(
                    customer=customer,
                    subject=f"{row.source.ref}:{row.instrument.code}:{row.day}",
                    version=rule.version,
                    needs_person=old.height - new.height >= rule.person_steps,
                    facts={
                        "name": both(row.instrument.name_zh, row.instrument.name_en),
                        "source": both(row.source.name_zh, row.source.name_en),
                        "day": row.day.isoformat(),
                        "old": _label(old),
                        "new": _label(new),
                        "close": _close(row.close),
                    },
                    link=reverse("holdings:assets"),
                )

    return look


def changes(*, after: date, until: date) -> Any:
    """Ratings of those days (the first not included) that differ from the one before.

    A later rating of the same source in these days takes the place of an earlier one. Each row
    has `before`, and `close` where the closing price of its day is known.
    """
    same = Rating.objects.filter(instrument=OuterRef("instrument"), source=OuterRef("source"))
    earlier = same.filter(day__lt=OuterRef("day")).order_by("-day").values("level")[:1]
    later = same.filter(day__gt=OuterRef("day"), day__lte=until)
    return (
        Rating.objects.filter(~Exists(later), day__gt=after, day__lte=until)
        .annotate(before=Subquery(earlier), close=_close_of_day())
        .filter(before__isnull=False)
        .exclude(before=F("level"))
        .select_related("instrument", "source")
        .order_by("instrument_id", "source_id")
    )


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a security stands in its own history on `day`."""

    instrument: Any
    day: date
    method: dict[str, str]
    value: Decimal
    lower: int
    days: int
    close: Decimal | None


def valuations(day: date) -> Look:
    """Multiples at the ends of their own history, told to who holds it, once a quarter and end.

    The standings are worked out once a night, not for each customer.
    """
    rule = valuation_rule_on(day)
    far = {}
    for each in standings(day, rule):
        if side := side_of(each.lower, each.days, rule):
            far[each.instrument.pk] = (each, side)

    def look(keys: Sequence[int]) -> Iterator[Found]:
        for customer, instrument in _holders(keys, list(far), day):
            each, side = far[instrument]
            quarter = f"{each.day:%Y}Q{(each.day.month + 2) // 3}"
            yield Found(
                customer=customer,
                subject=f"{each.instrument.code}:{side}:{quarter}",
                version=rule.version,
                facts={
                    "name": both(each.instrument.name_zh, each.instrument.name_en),
                    "day": each.day.isoformat(),
                    "method": each.method,
                    "value": str(each.value.quantize(Decimal("0.01"), ROUND_HALF_UP)),
                    "side": SIDES[side],
                    "years": rule.years,
                    "days": each.days,
                    "percent": percent_below(each.lower, each.days),
                    "close": _close(each.close),
                },
                link=reverse("holdings:assets"),
            )

    return look


def standings(day: date, rule: ValuationRule) -> Iterator[Standing]:
    """The newest fresh valuation of each security beside the days of its history.

    By price to earnings; by book value where the company makes a loss. Days without the multiple
    do not count.
    """
    since = day - timedelta(days=rule.fresh_days)
    later = Valuation.objects.filter(
        instrument=OuterRef("instrument"), day__gt=OuterRef("day"), day__lte=day
    )
    rows = Valuation.objects.filter(~Exists(later), day__gt=since, day__lte=day)
    for method, column, these in (
        (EARNINGS, "earnings", rows.filter(earnings__isnull=False)),
        (BOOK, "book", rows.filter(earnings=None)),
    ):
        for row in these.annotate(
            days=_count(column, rule.years, Q(**{f"{column}__isnull": False})),
            lower=_count(column, rule.years, Q(**{f"{column}__lt": OuterRef(column)})),
            close=_close_of_day(),
        ).select_related("instrument"):
            yield Standing(
                instrument=row.instrument,
                day=row.day,
                method=method,
                value=getattr(row, column),
                lower=row.lower or 0,
                days=row.days or 0,
                close=row.close,
            )


def _count(column: str, years: int, which: Q) -> Subquery:
    """How many days of a row's own history are such."""
    history = Valuation.objects.filter(
        which,
        instrument=OuterRef("instrument"),
        day__lte=OuterRef("day"),
        day__gt=OuterRef("day") - timedelta(days=365 * years),
    )
    return Subquery(history.order_by().values("instrument").annotate(n=Count("pk")).values("n"))


def _close_of_day() -> Subquery:
    rows = ClosingPrice.objects.filter(instrument=OuterRef("instrument"), day=OuterRef("day"))
    return Subquery(rows.values("close")[:1])


def _holders(keys: Sequence[int], instruments: list[int], day: date) -> Iterator[tuple[int, int]]:
    """Customer and security, each pair once, of what lies in their accounts on `day`."""
    if not instruments:
        return
    rows = Position.objects.filter(
        any_of("account__customer", keys),
        any_of("instrument", instruments),
        day=day,
        quantity__gt=0,
    )
    pairs = rows.order_by("account__customer_id", "instrument_id").distinct()
    yield from pairs.values_list("account__customer_id", "instrument_id")


def _label(level: RatingLevel) -> dict[str, str]:
    return in_each_language(lambda: str(level.label))


def _close(close: Decimal | None) -> dict[str, str]:
    """The closing price in words; that none is known where it is not."""
    if close is None:
        return both("不详", "not known")
    return in_each_language(lambda: formats.money(close))
