"""A second application proves every condition by itself, also what an earlier one brought in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.evidence.permissions import verify_case
from accounts.models import PermissionApplication
from accounts.permissions.grounds import reaches
from accounts.permissions.paper import paper_data
from accounts.permissions.states import CaseStatus
from accounts.permissions.steps import lines
from accounts.permissions.use_cases import applying, reporting
from accounts.permissions.use_cases.agreeing import fingerprint, signed_parts
from accounts.permissions.use_cases.sealing import signer_of
from holdings.models import AssetEvidence
from suitability import shipped
from suitability.rules.permission_rules import Kind
from tests.accounts.permissions.factories import (
    ACTOR,
    AT,
    a_case,
    a_signed_case,
    a_trader,
    pass_test,
)

pytestmark = pytest.mark.django_db
NEXT = AT + timedelta(minutes=30)


def conditions(case: PermissionApplication) -> set[str]:
    fresh = PermissionApplication.objects.get(pk=case.pk)
    return {str(each.problem) for each in verify_case(fresh) if each.part == "conditions"}


def said(case: PermissionApplication) -> dict[str, Any]:
    rows = paper_data(case, signer_of(case), serial="1f")["parties"]
    return {row["name"]: row["value"] for row in rows}


def test_a_first_trade_that_is_known_stands_in_the_next_application():
    customer = a_trader()
    first = a_case(customer, "star")
    reporting.ask(case=first, at=AT)
    applying.withdraw(case=PermissionApplication.objects.get(), actor=ACTOR, at=AT)
    case = a_signed_case(customer, "star", at=NEXT)
    assert case.first_trade == date(2019, 6, 3)
    assert case.first_trade_asked_at == AT, "when it was told, not now"
    assert "2019-06-03" in signed_parts(case)
    assert (
        said(case)["首次交易日期" if "首次交易日期" in said(case) else "首次交易"] == "2019-06-03"
    )
    asked = str(CaseStatus.CHECKING.label)
    assert asked not in {each.label for each in lines(case, tested=False)}
    assert conditions(case) == set()
    PermissionApplication.objects.filter(pk=case.pk).update(first_trade=None)
    assert conditions(case) == {"no_proof"}


def test_a_test_that_counts_stands_in_the_next_application():
    customer = a_trader()
    first = a_case(customer)
    attempt = pass_test(first)
    applying.withdraw(case=PermissionApplication.objects.get(), actor=ACTOR, at=AT)
    case = a_signed_case(customer, at=NEXT)
    assert not case.attempts.exists(), "it was not done again"
    assert case.test_ref == attempt.ref
    assert str(attempt.ref) in signed_parts(case)
    assert fingerprint(case) == case.fingerprint
    assert "100 分" in str(said(case))
    assert conditions(case) == set()
    PermissionApplication.objects.filter(pk=case.pk).update(test_ref=None)
    assert conditions(case) == {"no_proof"}


def test_a_signature_from_before_there_was_such_a_line_still_holds():
    case = a_signed_case()
    case.test_ref = None
    assert len(signed_parts(case)) == 7


def test_evidence_below_the_threshold_is_found():
    case = a_signed_case()
    assert conditions(case) == set()
    kept = AssetEvidence.objects.get(ref=str(case.evidence_ref))
    low = AssetEvidence.objects.create(
        customer=case.customer,
        purpose=kept.purpose,
        on=kept.on,
        days=kept.days,
        amounts=[[day, "1.00"] for day, _amount in kept.amounts],
        average="1.00",
        made_at=AT,
    )
    PermissionApplication.objects.filter(pk=case.pk).update(evidence_ref=low.ref)
    assert conditions(case) == {"below"}


@pytest.mark.parametrize(("days", "is_enough"), [(1, False), (4, False), (5, True)])
def test_evidence_of_a_short_deposit_reaches_no_threshold(days: int, is_enough: bool):
    """500,000 on average of twenty days, and there on so many of them."""
    wanted = next(
        each for each in shipped.permissions()["star"].persons if each.kind is Kind.AVERAGE
    )
    amounts = ["0"] * (20 - days) + [str(10_000_000 // days)] * days
    kept = AssetEvidence(amounts=[["2026-12-01", amount] for amount in amounts])
    assert reaches(kept, wanted) is is_enough


def test_what_was_carried_over_needs_no_such_proof():
    case = a_signed_case()
    PermissionApplication.objects.filter(pk=case.pk).update(
        carried=True, test_ref=None, evidence_ref=None
    )
    assert conditions(case) == set()
    assert case.status == CaseStatus.REPORTING
