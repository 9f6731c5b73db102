"""What the desk has done: reach, time to release, share of marked texts, corrections told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
)
from django.db.models.functions import TruncDate, TruncWeek
from django.utils.translation import gettext as _

from brokerage.core.clock import SHANGHAI, day_begins
from brokerage.core.display import formats
from brokerage.core.display.charts import Point
from brokerage.users.models.user import ReadingMode
from content.models import Correction, Item, Mark, RawItem, Read, Reminder
from content.models.reminders import kinds
from suitability.models import Assessment

WEEKS = 13
SHOWN = 12
HOUR = Decimal(3600)
CLASS = "customer__assessments__investor_class"
TOLD = ("made", "read", "done", "followed")


class Median(Aggregate):
    """The middle one; between two of them, half of the way."""

    function = "PERCENTILE_CONT"
    name = "Median"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


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
    """Readings of the span by the class that counts of the readers today.

    The newest assessments are found at once, not anew for each reading.
    """
    counting = Assessment.objects.counting_on(today)
    newest = counting.order_by("customer", "-submitted_at", "-pk").distinct("customer")
    reads = _reads(span)
    known = reads.filter(customer__assessments__in=newest.values("pk"))
    rows = known.values_list(CLASS).annotate(n=Count("pk")).order_by(CLASS)
    counts = dict(rows)
    if rest := reads.count() - sum(counts.values()):
        counts[_("no class")] = rest
    return [_count(label, number) for label, number in counts.items()]


def hours_to_release(span: Span) -> list[Point]:
    """By week of the release, the middle one of the hours from intake to first release."""
    start, end = span.instants
    rows = Item.objects.filter(raw__isnull=False, released_at__gte=start, released_at__lt=end)
    taken = ExpressionWrapper(F("released_at") - F("raw__arrived_at"), DurationField())
    weeks = rows.annotate(week=_week("released_at")).values("week").annotate(middle=Median(taken))
    found = [(row["week"], _hours(row["middle"])) for row in weeks.order_by("week")]
    return [
        Point(formats.day(week, year=True), hours, formats.number(hours, 1))
        for week, hours in found
    ]


def share_marked(span: Span) -> list[Point]:
    """By week of arrival, how many of a hundred texts got a mark from a screening rule."""
    start, end = span.instants
    rows = RawItem.objects.filter(arrived_at__gte=start, arrived_at__lt=end)
    marked = rows.annotate(m=Exists(Mark.objects.filter(raw=OuterRef("pk"))))
    weeks = marked.annotate(week=_week("arrived_at")).values("week")
    counted = weeks.annotate(n=Count("pk"), marked=Count("pk", filter=Q(m=True)))
    found = [(row["week"], Decimal(row["marked"]) / row["n"]) for row in counted.order_by("week")]
    return [
        Point(formats.day(week, year=True), share * 100, formats.rate(share))
        for week, share in found
    ]


@dataclass(frozen=True)
class Told:
    """One kind of reminder: how many were made, and what came of them."""

    label: str
    made: int
    read: int
    done: int
    followed: int


def reminders_by_kind(span: Span) -> list[Told]:
    """Reminders made in the span by kind: read, answered with done, followed up to an outcome."""
    start, end = span.instants
    rows = Reminder.objects.filter(made_at__gte=start, made_at__lt=end).order_by()
    counted: Any = rows.values("kind").annotate(
        made=Count("pk"),
        read=Count("message__read_at"),
        done=Count("acted_at"),
        followed=Count("followed_at"),
    )
    labels = {key: str(label) for key, label in kinds()}
    return [
        Told(labels.get(row["kind"], row["kind"]), *(row[name] for name in TOLD))
        for row in counted.order_by("-made", "kind")
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


def _week(column: str) -> TruncDate:
    """The Monday of the week in which an instant lies in Shanghai."""
    return TruncDate(TruncWeek(column, tzinfo=SHANGHAI), tzinfo=SHANGHAI)


def _hours(length: timedelta) -> Decimal:
    return Decimal(length.total_seconds()) / HOUR
