"""The board of cross-selling: goals and results of outlets and people, and what is under way.

All rows start from what the reader may see. Nothing is ranked by what was sold: outlets stand by
their code, people by their name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.db.models.functions import Round

from branches.models import OrgUnit
from brokerage.core import clock, scope
from brokerage.core.roles import Role, roles_of
from brokerage.core.shares import Share
from brokerage.customers.models import Customer
from brokerage.users.models import User
from products.mandate_states import Stage
from products.models import Coverage, CreditSplit, Goal, Holding, Mandate, Referral
from products.rules.quarters import Quarter
from products.states import OUTLETS, Measure, ReferralStatus

PER_PAGE = 20
TREND = 8


@dataclass(frozen=True)
class Result:
    """What an outlet or a person brought in a quarter, beside the goals.

    Attributes:
        name: of whom.
        code: of the outlet; the ref of a person.
        referred: referrals registered in the quarter.
        qualified: how many of them were worth a proposal, of how many.
        won: referrals that were won in the quarter, whenever they were registered.
        credit: yuan credited to the outlet in the quarter; None for a person.
        goals: by measure; None without one.
    """

    name: str
    code: str
    referred: int
    qualified: Share
    won: int
    credit: Decimal | None
    goals: dict[str, int | None]

    @property
    def reached(self) -> list[tuple[str, int, int]]:
        """(measure, result, goal) for each goal."""
        have = {
            Measure.REFERRED.value: self.referred,
            Measure.QUALIFIED.value: self.qualified.part,
            Measure.WON.value: self.won,
        }
        return [
            (str(Measure(measure).label), have[measure], goal)
            for measure, goal in self.goals.items()
            if goal is not None
        ]


@dataclass(frozen=True)
class StageSum:
    """Mandates in one stage: how many, yuan expected, and yuan by their likelihood."""

    stage: str
    number: int
    expected: Decimal
    weighted: Decimal


def outlets_seen_by(user: Any) -> QuerySet[OrgUnit]:
    """The open outlets on this person's board, by code."""
    rows = scope.visible(OrgUnit.objects.open(clock.today()), user)
    return rows.filter(kind__in=OUTLETS).order_by("code")


def results_of_outlets(
    units: QuerySet[OrgUnit], quarter: Quarter, *, after: str = ""
) -> tuple[list[Result], str]:
    """A page of outlets with their results, five queries.

    Args:
        after: code of the last outlet of the page before.

    Returns:
        The results by code, and the code to go on after; empty on the last page.
    """
    found = list((units.filter(code__gt=after) if after else units)[: PER_PAGE + 1])
    page = found[:PER_PAGE]
    keys = [unit.pk for unit in page]
    counts = _counted(Referral.objects.filter(outlet__in=keys), "outlet", quarter)
    credited = _credited(keys, quarter)
    goals = _goals(Goal.objects.filter(unit__in=keys, person_ref=None), "unit", quarter)
    rows = [
        _result(unit.name, unit.code, unit.pk, counts, goals, credited.get(unit.pk, Decimal(0)))
        for unit in page
    ]
    return rows, page[-1].code if len(found) > PER_PAGE else ""


def results_of_people(unit: OrgUnit, quarter: Quarter, *, only: Any = None) -> list[Result]:
    """Who registered referrals at an outlet in a quarter or has a goal there, by name.

    Args:
        only: ref of the one person who may be shown; None for everybody.
    """
    referrals = Referral.objects.filter(outlet=unit)
    goals = Goal.objects.filter(unit=unit, person_ref__isnull=False)
    if only is not None:
        referrals, goals = referrals.filter(made_by_ref=only), goals.filter(person_ref=only)
    counts = _counted(referrals, "made_by_ref", quarter)
    wanted = _goals(goals, "person_ref", quarter)
    names = _names({*counts, *wanted})
    rows = [_result(names[ref], str(ref), ref, counts, wanted, None) for ref in names]
    return sorted(rows, key=lambda row: (row.name, row.code))


def pipeline_of(user: Any) -> list[StageSum]:
    """Mandates under way that this person may see, by stage; one query."""
    by_likelihood = Round(F("expected") * F("percent") / Decimal(100), precision=2)
    rows: Any = (
        scope.visible(Mandate.objects.under_way(), user)
        .order_by()
        .values("status")
        .annotate(number=Count("pk"), sum=Sum("expected"), likely=Sum(by_likelihood))
    )
    found = {row["status"]: row for row in rows}
    return [
        StageSum(
            str(stage.label),
            found[stage.value]["number"],
            found[stage.value]["sum"],
            found[stage.value]["likely"],
        )
        for stage in Stage
        if stage.value in found
    ]


def credit_trend(units: QuerySet[OrgUnit], quarter: Quarter) -> list[tuple[Quarter, Decimal]]:
    """Yuan credited to these outlets in the last quarters, the oldest first."""
    quarters = [quarter.shifted(-back) for back in range(TREND - 1, -1, -1)]
    sums = {
        str(each): Sum("to_outlet", filter=Q(made_at__gte=_from(each), made_at__lt=_until(each)))
        for each in quarters
    }
    rows = CreditSplit.objects.filter(
        referral__outlet__in=units.order_by().values("pk"),
        replaced_at=None,
        made_at__gte=_from(quarters[0]),
        made_at__lt=_until(quarter),
    )
    found = rows.aggregate(**sums)
    return [(each, found[str(each)] or Decimal(0)) for each in quarters]


@dataclass(frozen=True)
class Credited:
    """Yuan credited in a quarter to outlets, branch companies and desks."""

    outlets: Decimal
    companies: Decimal
    desks: Decimal


def credited_to(user: Any, quarter: Quarter) -> Credited:
    """What was credited in a quarter of the credits that this person may see; one query."""
    rows = scope.visible(CreditSplit.objects.filter(replaced_at=None), user).filter(
        made_at__gte=_from(quarter), made_at__lt=_until(quarter)
    )
    found = rows.order_by().aggregate(
        outlets=Sum("to_outlet"), companies=Sum("to_company"), desks=Sum("to_desk")
    )
    return Credited(**{name: total or Decimal(0) for name, total in found.items()})


@dataclass(frozen=True)
class Covered:
    """Customers with a fund of ours, of all at home; `counted_at` is None where it is of now."""

    share: Share
    counted_at: datetime | None = None


def coverage_seen_by(user: Any) -> Covered | None:
    """Customers at home in the outlets on this person's board who hold a fund that we sold.

    Of a manager's outlets it is of now; of the whole firm that would be counted at every look,
    so everybody else reads what the night counted.

    Returns:
        None before the first night.
    """
    units = outlets_seen_by(user)
    if Role.BRANCH_MANAGER in roles_of(user):
        return Covered(coverage_of(*units))
    rows = Coverage.objects.filter(unit__in=units.order_by().values("pk"))
    found = rows.aggregate(
        holders=Sum("holders"), customers=Sum("customers"), counted_at=Min("counted_at")
    )
    if found["counted_at"] is None:
        return None
    return Covered(Share(found["holders"], found["customers"]), found["counted_at"])


def coverage_of(*units: OrgUnit) -> Share:
    """Customers at home in these outlets who hold a fund that we sold, of all of them."""
    refs = [unit.ref for unit in units]
    home = Customer.objects.filter(home_outlet_ref__in=refs, closed_at=None)
    holders = Holding.objects.filter(units__gt=0, customer__in=home.values("pk"))
    return Share(holders.values("customer").distinct().count(), home.count())


def _counted(rows: QuerySet[Referral], by: str, quarter: Quarter) -> dict[Any, dict[str, int]]:
    inside = Q(made_at__gte=_from(quarter), made_at__lt=_until(quarter))
    ended = Q(ended_at__gte=_from(quarter), ended_at__lt=_until(quarter))
    found: Any = (
        rows.filter(inside | ended)
        .order_by()
        .values(by)
        .annotate(
            referred=Count("pk", filter=inside),
            qualified=Count("pk", filter=inside & Q(qualified_by_ref__isnull=False)),
            won=Count("pk", filter=ended & Q(status=ReferralStatus.WON)),
        )
    )
    return {row[by]: row for row in found}


def _credited(units: Sequence[int], quarter: Quarter) -> dict[int, Decimal]:
    rows: Any = (
        CreditSplit.objects.filter(
            referral__outlet__in=units,
            replaced_at=None,
            made_at__gte=_from(quarter),
            made_at__lt=_until(quarter),
        )
        .order_by()
        .values("referral__outlet")
        .annotate(sum=Sum("to_outlet"))
    )
    return {row["referral__outlet"]: row["sum"] for row in rows}


def _goals(rows: QuerySet[Goal], by: str, quarter: Quarter) -> dict[Any, dict[str, int]]:
    """The goals that were agreed last, by whom and measure."""
    agreed = rows.filter(decision="approved", year=quarter.year, quarter=quarter.number)
    found: dict[Any, dict[str, int]] = {}
    for row in agreed.order_by("checked_at", "pk").values(by, "measure", "target"):
        found.setdefault(row[by], {})[row["measure"]] = row["target"]
    return found


def _result(
    name: str,
    code: str,
    key: Any,
    counts: dict[Any, dict[str, int]],
    goals: dict[Any, dict[str, int]],
    credit: Decimal | None,
) -> Result:
    have = counts.get(key, {})
    referred = have.get("referred", 0)
    return Result(
        name=name,
        code=code,
        referred=referred,
        qualified=Share(have.get("qualified", 0), referred),
        won=have.get("won", 0),
        credit=credit,
        goals={each: goals.get(key, {}).get(each) for each in Measure.values},
    )


def _names(refs: Iterable[Any]) -> dict[Any, str]:
    known = dict(User.objects.filter(ref__in=refs).values_list("ref", "display_name"))
    return {ref: known.get(ref) or str(ref) for ref in refs}


def _from(quarter: Quarter) -> datetime:
    return datetime.combine(quarter.first, time.min, clock.SHANGHAI)


def _until(quarter: Quarter) -> datetime:
    return datetime.combine(quarter.after, time.min, clock.SHANGHAI)
