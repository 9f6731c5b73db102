"""What a decision on a permission stood on: whether frozen evidence reaches what the rule asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from accounts.models import PermissionApplication, TestAttempt
from accounts.permissions.selectors import wanted_of
from accounts.permissions.states import AttemptStatus
from brokerage.core.clock import business_date
from brokerage.reference.models import Rule
from brokerage.reference.periods import Period
from holdings.models import AssetEvidence
from suitability.rules.permission_rules import Kind, Requirement, build_permission
from suitability.selectors.permissions import PREFIX


def reaches(kept: AssetEvidence, wanted: Requirement) -> bool:
    """Whether a frozen average reaches the threshold, and the amount was there often enough.

    Compared as sums: rounding turns against nobody.
    """
    often = sum(Decimal(amount) >= wanted.amount for _day, amount in kept.amounts)
    return sum_of(kept) >= wanted.amount * wanted.days and often >= wanted.least_days


def sum_of(kept: AssetEvidence) -> Decimal:
    """The amounts of all days, in yuan."""
    return sum((Decimal(amount) for _day, amount in kept.amounts), Decimal())


def unproved(case: PermissionApplication) -> Iterator[str]:
    """Conditions of the rule of a signed application that its evidence does not prove.

    For what was carried over the register's word stands instead of them. A condition is named by
    its kind; `average` also where the amounts that were kept stay below the threshold.
    """
    if case.carried:
        return
    for wanted in wanted_by_rule(case):
        if wanted.kind is Kind.AVERAGE and not _average(case, wanted):
            yield Kind.AVERAGE.value
        elif wanted.kind is Kind.TEST and not _test(case, wanted):
            yield Kind.TEST.value
        elif wanted.kind is Kind.EXPERIENCE and not _experience(case, wanted.months):
            yield Kind.EXPERIENCE.value


def attempts_of(case: PermissionApplication) -> QuerySet[TestAttempt]:
    """The attempts in the evidence of a case: its own, and an earlier one that counts."""
    of_case = Q(application=case)
    if case.test_ref is not None:
        of_case |= Q(ref=str(case.test_ref), application__customer=case.customer_id)
    rows = TestAttempt.objects.filter(of_case).select_related("bank", "application__customer")
    return rows.order_by("begun_at", "pk")


def wanted_by_rule(case: PermissionApplication) -> tuple[Requirement, ...]:
    """What the row of the rule that a case was decided on asks; empty where it is not there."""
    key, _sign, begins = case.rule_version.partition("@")
    row = Rule.objects.approved().filter(key=key, valid_from=date.fromisoformat(begins)).first()
    if row is None:
        return ()
    rule = build_permission(row.value, row.key.removeprefix(PREFIX), row.version)
    return wanted_of(case.customer, rule)


def _average(case: PermissionApplication, wanted: Requirement) -> bool:
    kept = AssetEvidence.objects.filter(ref=str(case.evidence_ref)) if case.evidence_ref else None
    found = kept.first() if kept is not None else None
    return found is not None and found.days == wanted.days and reaches(found, wanted)


def _test(case: PermissionApplication, wanted: Requirement) -> bool:
    return any(
        each.bank.test == wanted.test and each.score is not None and each.score >= wanted.mark
        for each in attempts_of(case).filter(status=AttemptStatus.PASSED)
    )


def _experience(case: PermissionApplication, months: int) -> bool:
    told, asked = case.first_trade, case.first_trade_asked_at
    if told is None or asked is None:
        return False
    return Period(months=months).after(told) <= max(case.applied_on, business_date(asked))
