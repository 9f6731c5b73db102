"""What counts of a reader for the choice of what they read; one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, DateField, Exists, Max, OuterRef, QuerySet, Subquery

from brokerage.core.clock import business_date
from brokerage.core.written import Given, Written
from brokerage.customers.models import Customer
from brokerage.reference.models import Rule
from brokerage.users.models import User
from brokerage.users.models.user import ReadingMode
from content.dated import FEED
from content.models import Follow
from holdings.models import CustomerAssets, Position
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
        outlet: ref of the home outlet.
        tier: service tier by assets; empty where unknown.
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
    outlet: UUID | None = None
    tier: str = ""
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
        """The securities that are held or followed, each once."""
        return tuple({*self.held, *self.followed})

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
        outlet=row["home_outlet_ref"],
        tier=row["tier"] or "",
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
            tier=Subquery(CustomerAssets.objects.filter(customer=OuterRef("pk")).values("tier")),
            matrix=Subquery(rules.filter(key=MATRIX, scope="").values("value")[:1]),
            window=Subquery(rules.filter(key=FEED, scope="").values("value")[:1]),
            held=ArraySubquery(_held()),
            **{name: ArraySubquery(_wishes(*of)) for name, of in WISHES.items()},
        )
        .values(
            "pk", "home_outlet_ref", "class_now", "was_lowest", "is_professional", "tier",
            "matrix", "window", "held", *WISHES,
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


def _highest(row: dict[str, Any]) -> Grade:
    if row["was_lowest"]:
        return Grade.R1
    if row["is_professional"]:
        return Grade.R5
    if not row["class_now"] or not row["matrix"]:
        return Grade.R1
    rules = build_matching_rules(row["matrix"], MATRIX)
    return rules.highest[InvestorClass(row["class_now"])]
