"""What the desk has done: reach, time to release, share of marked texts, corrections told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date, day_begins
from brokerage.core.display import formats
from brokerage.core.display.charts import Point
from brokerage.users.models.user import ReadingMode
from content.models import Correction, Item, Mark, RawItem, Read
from suitability.models import Assessment

WEEKS = 13
SHOWN = 12
HOUR = Decimal(3600)


@dataclass(frozen=True)
class Span:
    """Business days from `first` until before `end`."""

    first: date
    end: date

    @property
    def instants(self) -> tuple[datetime, datetime]:
        """Its first instant, and the first one after it."""
        return (
            day_begins(self.first),
            day_begins(self.end),
        )


def last_weeks(today: date) -> Span:
    """Whole weeks from Monday on, this one among them."""
    monday = today - timedelta(days=today.weekday())
    return Span(monday - timedelta(weeks=WEEKS - 1), monday + timedelta(weeks=1))


def reach_by_item(span: Span) -> list[Point]:
    """Customers who first read an item in the span, the most read first."""
    rows = _reads(span).values("item").annotate(n=Count("pk")).order_by("-n", "item")[:SHOWN]
    found = {row["item"]: row["n"] for row in rows}
    items = Item.objects.select_related("live").in_bulk(list(found))
    return [_count(str(items[key].live or items[key]), n) for key, n in found.items()]


def reach_by_mode(span: Span) -> list[Point]:
    """Readings of the span by the reading mode that the readers have now."""
    rows = _reads(span).values(mode=F("customer__user__reading_mode")).annotate(n=Count("pk"))
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        counts[row["mode"] or ReadingMode.PLAIN] += row["n"]
    return [_count(str(mode.label), counts[mode.value]) for mode in ReadingMode]


def reach_by_class(span: Span, today: date) -> list[Point]:
    """Readings of the span by the class that counts of the readers today."""
    counting = Assessment.objects.filter(customer=OuterRef("customer")).counting_on(today)
    newest = counting.order_by("-submitted_at", "-pk").values("investor_class")[:1]
    rows = _reads(span).annotate(found=Subquery(newest)).values("found").annotate(n=Count("pk"))
    return [
        _count(row["found"] or _("no class"), row["n"])
        for row in rows.order_by(F("found").asc(nulls_last=True))
    ]


def hours_to_release(span: Span) -> list[Point]:
    """By week of the release, the middle one of the hours from intake to first release."""
    start, end = span.instants
    rows = Item.objects.filter(raw__isnull=False, released_at__gte=start, released_at__lt=end)
    hours: dict[date, list[Decimal]] = defaultdict(list)
    both: Any = rows.values_list("released_at", "raw__arrived_at")
    for released, arrived in both:
        taken = Decimal((released - arrived).total_seconds()) / HOUR
        hours[_week(released)].append(taken)
    return [
        Point(formats.day(week, year=True), value, formats.number(value, 1))
        for week, value in sorted((week, median(each)) for week, each in hours.items())
    ]


def share_marked(span: Span) -> list[Point]:
    """By week of arrival, how many of a hundred texts got a mark from a screening rule."""
    start, end = span.instants
    rows = RawItem.objects.filter(arrived_at__gte=start, arrived_at__lt=end)
    marked = Exists(Mark.objects.filter(raw=OuterRef("pk")))
    weeks: dict[date, list[bool]] = defaultdict(list)
    for arrived, has_mark in rows.annotate(m=marked).values_list("arrived_at", "m"):
        weeks[_week(arrived)].append(has_mark)
    return [
        Point(formats.day(week, year=True), share * 100, formats.rate(share))
        for week, share in sorted(
            (week, Decimal(sum(each)) / len(each)) for week, each in weeks.items()
        )
    ]


def corrections(span: Span) -> Iterable[Any]:
    """The newest corrections of the span with their readers, and how many were told."""
    start, end = span.instants
    rows: QuerySet[Correction] = Correction.objects.filter(made_at__gte=start, made_at__lt=end)
    return rows.select_related("wrong").order_by("-made_at", "-pk")[:SHOWN]


def _reads(span: Span) -> QuerySet[Read]:
    start, end = span.instants
    return Read.objects.filter(first_at__gte=start, first_at__lt=end).order_by()


def _count(label: str, number: int) -> Point:
    return Point(label, Decimal(number), formats.number(number))


def _week(at: datetime) -> date:
    """The Monday of an instant's week."""
    day = business_date(at)
    return day - timedelta(days=day.weekday())
