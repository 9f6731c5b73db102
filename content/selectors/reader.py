"""What counts of a reader for the choice of what they read; one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, DateField, Exists, Max, OuterRef, QuerySet, Subquery

from branches.models import Line
from brokerage.core.clock import business_date
from brokerage.core.written import Given, Written
from brokerage.customers.models import Consent, Customer
from brokerage.customers.purposes import PERSONALISATION
from brokerage.reference.models import Rule
from brokerage.users.models import User
from brokerage.users.models.user import ReadingMode
from content.dated import FEED
from content.models import Follow
from holdings.dated import SEGMENTS, SegmentRule
from holdings.models import Position
from suitability.models import Assessment, InvestorStatus
from suitability.rules.grades import Grade
from suitability.rules.matching import build_matching_rules
from suitability.rules.paper import InvestorClass
from suitability.selectors.rules import MATRIX


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A reader; a visitor has no customer.

    Attributes:
        customer: key of the customer; None for a visitor.
        is_personal: whether they agreed to pages that fit their use; else what they hold and
            where they are at home orders nothing.
        units: keys of the home outlet and of the units over it.
        tier: service tier by assets; empty where unknown.
        segment: retail, wealthy or institution; empty where no rule tells.
        highest: the highest grade that is shown.
        mode: reading mode.
        days: how far back the order by relevance reaches.
        held: keys of the securities held on the newest day known.
        followed: keys of the securities followed.
        muted: keys of the securities muted.
        topics: keys of the topics followed.
        muted_topics: keys of the topics muted.
    """

    customer: int | None = None
    is_personal: bool = False
    units: tuple[int, ...] = ()
    tier: str = ""
    segment: str = ""
    highest: Grade = Grade.R1
    mode: str = ReadingMode.PLAIN
    days: int = 30
    held: tuple[int, ...] = ()
    followed: tuple[int, ...] = ()
    muted: tuple[int, ...] = ()
    topics: tuple[int, ...] = ()
    muted_topics: tuple[int, ...] = ()

    @property
    def own(self) -> tuple[int, ...]:
        """The securities about which older items are weighed too, each once.

        Those followed; those held where the reader agreed to it or chose to read of them alone.
        """
        counts = self.is_personal or self.mode == ReadingMode.TRADE
        return tuple({*(self.held if counts else ()), *self.followed})

    @property
    def grades(self) -> list[str]:
        """The grades that are shown."""
        return [each.value for each in Grade if each.height <= self.highest.height]


def reader_of(user: User, mode: str, at: datetime) -> Reader | None:
    """The reader behind a customer's log-in; None where there is no customer yet.

    Without a class that counts today, as in the lowest class, only the lowest grade is shown;
    a professional investor may read all, unless the newest class was the lowest.
    """
    found = _written().load(user=user.pk, day=business_date(at))
    row = found[0] if found else None
    if row is None:
        return None
    return Reader(
        customer=row["pk"],
        is_personal=row["is_personal"],
        units=tuple(row["units"]),
        tier=row["assets__tier"] or "",
        segment=_segment(row),
        highest=_highest(row),
        mode=mode,
        days=row["window"] or 30,
        held=tuple(row["held"]),
        **{name: tuple(row[name]) for name in WISHES},
    )


@cache
def _written() -> Written[Any]:
    """The query of a reader, the same for everybody."""
    day: Any = Given("day", DateField())
    mine = Assessment.objects.filter(customer=OuterRef("pk"), confirmed_at__isnull=False)
    newest = mine.order_by("-submitted_at", "-pk")
    counting = newest.filter(pk__in=Assessment.objects.counting_on(day).values("pk"))
    rules = Rule.objects.on(day)
    rows = (
        Customer.objects.filter(user=Given("user", BigIntegerField()))
        .annotate(
            class_now=Subquery(counting.values("investor_class")[:1]),
            was_lowest=Subquery(newest.values("lowest")[:1]),
            is_professional=Exists(
                InvestorStatus.objects.in_force(day).filter(customer=OuterRef("pk"))
            ),
            is_personal=Exists(
                Consent.objects.in_force().filter(
                    customer=OuterRef("pk"), purpose=PERSONALISATION
                )
            ),
            matrix=Subquery(rules.filter(key=MATRIX, scope="").values("value")[:1]),
            window=Subquery(rules.filter(key=FEED, scope="").values("value")[:1]),
            wealthy_from=Subquery(rules.filter(key=SEGMENTS, scope="").values("value")[:1]),
            units=ArraySubquery(_units(day)),
            held=ArraySubquery(_held()),
            **{name: ArraySubquery(_wishes(*of)) for name, of in WISHES.items()},
        )
        .values(
            "pk", "kind", "is_personal", "class_now", "was_lowest", "is_professional", "matrix",
            "window", "wealthy_from", "assets__tier", "assets__average", "units", "held", *WISHES,
        )
    )  # fmt: skip
    return Written(rows.order_by()[:1])


WISHES = {
    "followed": ("instrument", False),
    "muted": ("instrument", True),
    "topics": ("topic", False),
    "muted_topics": ("topic", True),
}
"""What a reader says of which subject, by the attribute that keeps it."""


def _wishes(subject: str, is_muted: bool) -> QuerySet[Any, Any]:
    mine = Follow.objects.filter(customer=OuterRef("pk"), is_muted=is_muted)
    return mine.filter(**{f"{subject}__isnull": False}).values(subject)


def _held() -> QuerySet[Any, Any]:
    """The securities of the newest day known."""
    mine = Position.objects.filter(account__customer=OuterRef("pk"))
    of_one = Position.objects.filter(account__customer=OuterRef(OuterRef("pk")))
    newest = of_one.order_by().values("account__customer").annotate(last=Max("day")).values("last")
    held = mine.filter(day=Subquery(newest), quantity__gt=0)
    return held.order_by().values("instrument").distinct()


def _units(day: Any) -> QuerySet[Any, Any]:
    """The home outlet and the units over it."""
    lines = Line.objects.filter(descendant__ref=OuterRef("home_outlet_ref"), valid__contains=day)
    return lines.values("ancestor")


def _segment(row: dict[str, Any]) -> str:
    """By the rule of the day; somebody without any assets is a retail customer."""
    if row["wealthy_from"] is None:
        return ""
    rule = SegmentRule(Decimal(row["wealthy_from"]))
    return rule.of(row["assets__average"] or Decimal(), row["kind"]).value


def _highest(row: dict[str, Any]) -> Grade:
    if row["was_lowest"]:
        return Grade.R1
    if row["is_professional"]:
        return Grade.R5
    if not row["class_now"] or not row["matrix"]:
        return Grade.R1
    rules = build_matching_rules(row["matrix"], MATRIX)
    return rules.highest[InvestorClass(row["class_now"])]
