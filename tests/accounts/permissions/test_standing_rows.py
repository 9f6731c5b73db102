"""What a permission's row says after an application ended: the truth of that day, no guess."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import PermissionApplication, TradingPermission
from accounts.permissions.states import CaseRefusal, CaseStatus, CaseVerdict, PermissionStatus
from accounts.permissions.tasks import look_again_at_what_was_missing
from accounts.permissions.use_cases import agreeing, applying, looking_again, reporting, reviewing
from accounts.permissions.use_cases.applying import UnableToApply
from brokerage.core import clock
from brokerage.journal.models import Entry
from brokerage.reference.models import Rule
from holdings.models import AssetEvidence, AssetSnapshot
from holdings.use_cases.freeze_average import freeze_average
from suitability.models import Outcome
from suitability.use_cases.matching import decide_match
from tests.accounts.factories import a_reviewer
from tests.accounts.permissions.factories import (
    ACTOR,
    AT,
    a_case,
    a_graded_permission,
    a_signed_case,
    a_trader,
    pass_test,
    read_risk,
    sign,
)
from tests.reference.factories import make_rule

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def row_of(customer: Any, key: str = "stock_connect") -> TradingPermission:
    return TradingPermission.objects.get(customer=customer, key=key)


def carried(customer: Any, key: str = "star") -> PermissionApplication:
    a_graded_permission(key)
    return applying.apply(
        customer=customer, key=key, language="en", actor=ACTOR, at=AT, carried=True
    )


def test_a_carry_over_that_the_register_does_not_know_meets_no_condition():
    customer = a_trader(counted=3_000)
    reporting.ask(case=carried(customer), at=AT)
    row = row_of(customer, "star")
    assert row.status == PermissionStatus.NOT_ELIGIBLE
    assert row.gaps == ["average"]
    assert PermissionApplication.objects.get().refusal == CaseRefusal.ELSEWHERE


@pytest.mark.parametrize("ends", [applying.withdraw, applying.expire])
def test_an_application_that_ends_leaves_the_conditions_of_that_day(ends: Any):
    case = a_case()
    AssetSnapshot.objects.update(securities=0, counted=0)
    more = {"actor": ACTOR} if ends is applying.withdraw else {}
    ends(case=case, at=AT + timedelta(days=30), **more)
    row = row_of(case.customer)
    assert (row.status, "average" in row.gaps) == (PermissionStatus.NOT_ELIGIBLE, True)


def test_a_refusal_is_kept_where_every_condition_is_met(monkeypatch: pytest.MonkeyPatch):
    case = a_case()
    pass_test(case)

    def barred(**given: Any) -> Any:
        opinion = decide_match(**given)
        opinion.outcome = Outcome.REFUSED
        return opinion

    monkeypatch.setattr(agreeing, "decide_match", barred)
    read_risk(case)
    row = row_of(case.customer)
    assert (row.status, row.gaps) == (PermissionStatus.REFUSED, [])
    assert a_case(case.customer).status == CaseStatus.DISCLOSURE, "the way is open again"


def test_what_two_people_refused_is_not_shown_as_conditions_met():
    Rule.objects.filter(key="accounts.permission_review").update(valid_to=AT.date())
    value = {"by_hand": ["stock_connect"], "oldest": 69}
    make_rule(AT, key="accounts.permission_review", value=value, valid_from=AT.date())
    case, first, second = a_signed_case(), a_reviewer(), a_reviewer()
    reviewing.propose(case=case, verdict=CaseVerdict.REFUSE, note="不符", officer=first, at=AT)
    reviewing.decide(case=case, agree=True, officer=second, at=AT)
    assert row_of(case.customer).status == PermissionStatus.REFUSED


@pytest.mark.parametrize("key", ["margin", "options_1", "neeq_base"])
def test_a_contract_with_one_firm_is_not_carried_over(key: str):
    customer = a_trader(number="330702199003079059", counted=3_000_000)
    with pytest.raises(UnableToApply, match=r"carried|转入|转移"):
        carried(customer, key)
    assert not PermissionApplication.objects.exists()
    assert not TradingPermission.objects.exists()


def test_the_rule_in_force_says_what_is_carried_over():
    old = Rule.objects.filter(key="accounts.permission_case", valid_from__lt=AT.date())
    old.update(valid_to=AT.date())
    value = {"life_days": 30, "effective_days": 1, "carries": ["bse"], "least_age": 18}
    make_rule(
        AT,
        key="accounts.permission_case",
        value=value,
        valid_from=AT.date(),
        valid_to=date(2026, 12, 1),
    )
    customer = a_trader(number="330702199003079059")
    with pytest.raises(UnableToApply):
        carried(customer, "star")
    assert carried(customer, "bse").carried


def test_a_correction_between_looking_and_freezing_begins_nothing(
    monkeypatch: pytest.MonkeyPatch,
):
    customer = a_trader()
    a_graded_permission("stock_connect")

    def corrected(**given: Any) -> Any:
        AssetSnapshot.objects.update(securities=499_999, counted=499_999)
        return freeze_average(**given)

    monkeypatch.setattr(applying, "freeze_average", corrected)
    with pytest.raises(UnableToApply):
        a_case(customer)
    assert not PermissionApplication.objects.exists()
    assert not AssetEvidence.objects.exists(), "no evidence below the threshold is kept"
    assert not Entry.objects.filter(kind="accounts.permission_applied").exists()


def test_a_permission_whose_rule_ended_is_not_signed():
    case = a_case()
    pass_test(case)
    read_risk(case)
    rows = Rule.objects.filter(key="permission.stock_connect", valid_from__lt=AT.date())
    rows.update(valid_to=AT.date())
    sign(case, at=AT + 2 * MINUTE)
    case.refresh_from_db()
    assert (case.status, case.refusal) == (CaseStatus.REFUSED, CaseRefusal.CONDITIONS)


def a_customer_who_lacks() -> tuple[Any, TradingPermission]:
    customer = a_trader(counted=100_000)
    a_graded_permission("stock_connect")
    with pytest.raises(UnableToApply):
        applying.apply(customer=customer, key="stock_connect", language="en", actor=ACTOR, at=AT)
    return customer, row_of(customer)


def told() -> int:
    return Entry.objects.filter(kind="accounts.permission_reachable").count()


def test_the_day_from_which_it_can_be_met_is_looked_at_and_told_once(
    monkeypatch: pytest.MonkeyPatch,
):
    _customer, row = a_customer_who_lacks()
    assert row.earliest is not None
    monkeypatch.setattr(clock, "now", lambda: AT)
    look_again_at_what_was_missing(0)
    row.refresh_from_db()
    assert row.status == PermissionStatus.NOT_ELIGIBLE, "its day has not come"
    TradingPermission.objects.update(earliest=AT.date())
    AssetSnapshot.objects.update(securities=900_000, counted=900_000)
    for _twice in range(2):
        look_again_at_what_was_missing(0)
    row.refresh_from_db()
    assert (row.status, row.gaps) == (PermissionStatus.ELIGIBLE, [])
    assert told() == 1


def test_whoever_still_lacks_something_gets_a_later_day_and_hears_nothing():
    _customer, row = a_customer_who_lacks()
    TradingPermission.objects.update(earliest=AT.date())
    assert not looking_again.look_again(permission=row, at=AT)
    row.refresh_from_db()
    assert row.status == PermissionStatus.NOT_ELIGIBLE
    assert row.earliest is not None
    assert row.earliest > AT.date()
    assert told() == 0
