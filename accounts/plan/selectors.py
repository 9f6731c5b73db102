"""What is done of the first days of accounts, read from holdings and permissions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Application, FirstDays, TradingPermission
from accounts.permissions.states import HELD, PermissionStatus
from accounts.plan.states import GreetingOutcome, PlanStep
from brokerage.core.display.languages import reads_english
from holdings.models import AssetSnapshot

ASKED = (PermissionStatus.APPLIED, *HELD)


def with_facts(rows: QuerySet[FirstDays]) -> QuerySet[FirstDays]:
    """Plans with `funded` (assets on a day of it) and `permitted` (a permission asked for)."""
    return rows.annotate(funded=Exists(_funded()), permitted=Exists(_permitted()))


def _funded() -> QuerySet[AssetSnapshot]:
    """A customer who had nothing on a day has no snapshot of it."""
    return AssetSnapshot.objects.filter(
        customer=OuterRef("application__customer"),
        day__gte=OuterRef("started_on"),
        day__lt=OuterRef("ends_on"),
    )


def _permitted() -> QuerySet[TradingPermission]:
    return TradingPermission.objects.filter(
        customer=OuterRef("application__customer"), status__in=ASKED
    )


@dataclass(frozen=True)
class Line:
    """One step as its customer reads it.

    Attributes:
        step: which.
        text: a sentence about it.
        done: whether it is.
        url: where the customer does it; empty where there is nothing to do here.
    """

    step: PlanStep
    text: str
    done: bool
    url: str = ""

    @property
    def label(self) -> str:
        return str(self.step.label)


def plan_of(application: Application, on: date) -> tuple[FirstDays, list[Line]] | None:
    """The running plan of an account with its steps in their order; None where there is none.

    One query.
    """
    rows = FirstDays.objects.running(on).filter(application=application)
    plan = with_facts(rows).first()
    return (plan, lines_of(plan)) if plan else None


def lines_of(plan: FirstDays) -> list[Line]:
    """The steps of a plan that was read `with_facts`."""
    return [_line(plan, PlanStep(step)) for step in plan.steps]


def _line(plan: FirstDays, step: PlanStep) -> Line:
    if step == PlanStep.FUND:
        text = _("Transfer from your bank in the trading app; it shows here the next day.")
        return Line(step, text, bool(getattr(plan, "funded", False)), reverse("holdings:assets"))
    if step == PlanStep.PERMISSIONS:
        text = _("See which you can have, and what is still missing for others.")
        url = reverse("suitability:permissions")
        return Line(step, text, bool(getattr(plan, "permitted", False)), url)
    if plan.outcome == GreetingOutcome.TALKED:
        return Line(step, _("We talked with you."), True)
    if plan.outcome:
        return Line(step, _("Write or come whenever you like."), True, reverse("visits:new"))
    return Line(step, _("Your outlet calls you once and answers what you ask."), False)


@dataclass(frozen=True)
class OutletFigures:
    """Plans of an outlet whose days are over.

    Attributes:
        outlet: its name.
        plans: how many.
        funded: how many had assets within their days.
        greeted: how many the outlet talked with.
    """

    outlet: str
    plans: int
    funded: int
    greeted: int

    @property
    def percent(self) -> int:
        """Funded plans of a hundred."""
        return round(100 * self.funded / self.plans)


def figures_by_outlet(
    rows: QuerySet[FirstDays], *, first: date, last: date, most: int
) -> list[OutletFigures]:
    """Of the plans in `rows` that ended from `first` to `last`: each outlet, most plans first.

    One query.

    Args:
        most: so many outlets at most.
    """
    name = f"application__outlet__name_{'en' if reads_english() else 'zh'}"
    ended = FirstDays.objects.filter(pk__in=rows.values("pk"), ends_on__range=(first, last))
    found = (
        with_facts(ended)
        .values(outlet=F("application__outlet"), name=F(name))
        .annotate(
            plans=Count("pk"),
            paid=Count("pk", filter=Q(funded=True)),
            greeted=Count("pk", filter=Q(outcome=GreetingOutcome.TALKED)),
        )
    )
    return [
        OutletFigures(row["name"], row["plans"], row["paid"], row["greeted"])
        for row in found.order_by("-plans", "outlet")[:most]
    ]
