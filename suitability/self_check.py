"""The half-year self-check of suitability: what was classed, graded, decided and flagged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from brokerage.core.registry import Registry
from suitability.models import (
    Assessment,
    Class,
    CoachingFlag,
    Disclosure,
    DoubleRecording,
    GradeChoice,
    InsistCase,
    InvestorStatus,
    ItemGrade,
    JumpReview,
    KindChoice,
    MatchRecord,
    Outcome,
    SaleFollowUp,
)
from suitability.states import (
    CoachingStatus,
    DisclosureStatus,
    FollowUpStatus,
    InsistStatus,
    RecordingStatus,
)


@dataclass(frozen=True, kw_only=True)
class HalfYear:
    """From the first business date up to, not including, the first one after it."""

    year: int
    half: int

    def __post_init__(self) -> None:
        if self.half not in (1, 2) or not 2000 <= self.year <= 2200:
            raise ValueError("A half-year is 1 or 2 of a year.")

    @property
    def start(self) -> date:
        return date(self.year, 1 if self.half == 1 else 7, 1)

    @property
    def end(self) -> date:
        return date(self.year, 7, 1) if self.half == 1 else date(self.year + 1, 1, 1)

    @property
    def last(self) -> date:
        """Its last business date."""
        return self.end - timedelta(days=1)

    @property
    def before(self) -> HalfYear:
        """The half-year that this one follows."""
        if self.half == 2:
            return HalfYear(year=self.year, half=1)
        return HalfYear(year=self.year - 1, half=2)

    def __str__(self) -> str:
        return f"{self.year}-H{self.half}"

    @classmethod
    def parse(cls, text: str) -> HalfYear:
        """The half-year that `str` wrote, such as 2026-H1; raises ValueError."""
        year, _dash, half = text.partition("-H")
        return cls(year=int(year), half=int(half))

    @classmethod
    def of(cls, day: date) -> HalfYear:
        """The one that `day` lies in."""
        return cls(year=day.year, half=1 if day.month < 7 else 2)


@dataclass(frozen=True)
class Part:
    """A part of the report: a title and lines of a label with a number."""

    title: str
    lines: list[tuple[str, int]]


parts: Registry[Callable[[HalfYear], Part]] = Registry("suitability.self_check")
"""Further parts, from what has a module of its own."""


def report(period: HalfYear) -> list[Part]:
    """The report of a half-year, in the active language; each part is one query.

    States are those of its last day: a class or a grade that came later is left out.
    """
    own = (
        _classes,
        _professionals,
        _grades,
        _outcomes,
        _insisted,
        _told,
        _recorded,
        _called,
        _sampled,
        _ends,
        _jumps,
        _coaching,
    )
    return [*(make(period) for make in own), *(make(period) for make in parts)]


def _counted(title: str, names: Iterable[tuple[str, object]], found: Counter[str]) -> Part:
    return Part(title, [(str(label), found[key]) for key, label in names])


def _by(rows: QuerySet[Any], column: str) -> Counter[str]:
    """How many rows have each value of a column; one query."""
    counts = rows.order_by().values(column).annotate(number=Count("pk"))
    return Counter(dict(counts.values_list(column, "number")))


def _classes(period: HalfYear) -> Part:
    rows = Assessment.objects.counting_on(period.last).filter(confirmed_at__date__lte=period.last)
    newest = rows.order_by("customer_id", "-submitted_at", "-pk")
    found: Counter[str] = Counter()
    for kind, lowest in newest.distinct("customer_id").values_list("investor_class", "lowest"):
        found["lowest" if lowest else kind] += 1
    names = [("lowest", gettext_lazy("Lowest class")), *Class.choices]
    return _counted(_("Customers by class, at the end"), names, found)


def _professionals(period: HalfYear) -> Part:
    rows = InvestorStatus.objects.in_force(period.last)
    counts = {str(kind): number for kind, number in _by(rows, "kind").items()}
    names = [(str(kind), label) for kind, label in KindChoice.choices]
    return _counted(_("Professional investors by kind, at the end"), names, Counter(counts))


def _grades(period: HalfYear) -> Part:
    rows = ItemGrade.objects.in_force(period.last)
    return _counted(_("Items by grade, at the end"), GradeChoice.choices, _by(rows, "grade"))


def _outcomes(period: HalfYear) -> Part:
    rows = MatchRecord.objects.filter(decided_on__gte=period.start, decided_on__lt=period.end)
    return _counted(_("Decisions by outcome"), Outcome.choices, _by(rows, "outcome"))


def _insisted(period: HalfYear) -> Part:
    rows = InsistCase.objects.filter(
        record__decided_on__gte=period.start, record__decided_on__lt=period.end
    )
    return _counted(_("Insist cases"), InsistStatus.choices, _by(rows, "status"))


def _told(period: HalfYear) -> Part:
    rows = Disclosure.objects.filter(
        shown_at__date__gte=period.start, shown_at__date__lt=period.end
    )
    return _counted(_("Disclosures before a sale"), DisclosureStatus.choices, _by(rows, "status"))


def _recorded(period: HalfYear) -> Part:
    rows = DoubleRecording.objects.filter(
        begun_at__date__gte=period.start, begun_at__date__lt=period.end
    )
    found = _by(rows, "status")
    return _counted(_("Double recordings at outlets"), RecordingStatus.choices, found)


def _called(period: HalfYear) -> Part:
    rows = SaleFollowUp.objects.filter(
        year=None, sold_at__date__gte=period.start, sold_at__date__lt=period.end
    )
    return _counted(_("Calls after high-risk sales"), FollowUpStatus.choices, _by(rows, "status"))


def _sampled(period: HalfYear) -> Part:
    rows = SaleFollowUp.objects.filter(year=period.year - 1)
    title = _("Calls to the yearly sample of {year}").format(year=period.year - 1)
    return _counted(title, FollowUpStatus.choices, _by(rows, "status"))


def _ends(period: HalfYear) -> Part:
    rows = Assessment.objects.filter(
        confirmed_at__isnull=False,
        valid_until__gte=period.start,
        valid_until__lt=period.end,
    )
    later = Assessment.objects.filter(
        customer=OuterRef("customer"),
        confirmed_at__isnull=False,
        submitted_at__gt=OuterRef("submitted_at"),
        submitted_at__date__lte=period.last,
    )
    renewed = rows.filter(Exists(later)).count()
    lines = [
        (_("Renewed by a later one"), renewed),
        (_("Not renewed by the end"), rows.exclude(Exists(later)).count()),
    ]
    return Part(_("Assessments that ended"), lines)


def _jumps(period: HalfYear) -> Part:
    rows = JumpReview.objects.filter(
        found_at__date__gte=period.start, found_at__date__lt=period.end
    )
    lines = [
        (_("Flagged"), rows.count()),
        (_("Still waiting"), rows.waiting().count()),
    ]
    return Part(_("Classes that rose shortly after a refusal"), lines)


def _coaching(period: HalfYear) -> Part:
    """Numbers only: the report is read by more people than the signs are."""
    rows = CoachingFlag.objects.filter(
        found_at__date__gte=period.start, found_at__date__lt=period.end
    )
    lines = [
        (_("Found"), rows.count()),
        (_("Still waiting"), rows.waiting().count()),
        (_("Followed up"), rows.filter(status=CoachingStatus.FOLLOWED).count()),
    ]
    return Part(_("Signs of coaching"), lines)
