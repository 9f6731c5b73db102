"""From the hard checks to the first trading day: each step, and what refuses it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import PermissionApplication, TestAttempt, TradingPermission
from accounts.permissions.selectors import may_buy, may_reduce
from accounts.permissions.states import CaseRefusal, CaseStatus, CaseVerdict, PermissionStatus
from accounts.permissions.use_cases import agreeing, applying, reporting, reviewing
from accounts.permissions.use_cases.applying import UnableToApply
from accounts.permissions.use_cases.steps import UnableToGoOn
from accounts.signing.codes import CodeWrong
from brokerage.journal.models import Entry
from brokerage.reference.models import Rule
from holdings.models import AssetEvidence, AssetSnapshot
from suitability.profiles import standing_of
from suitability.selectors.permissions import ways_of
from tests.accounts.factories import a_reviewer, an_officer
from tests.accounts.permissions.factories import (
    ACTOR,
    AT,
    BEGINNER,
    DOWN,
    EXPERIENCED,
    a_case,
    a_graded_permission,
    a_granted_case,
    a_lowest_assessment,
    a_signed_case,
    a_trader,
    pass_test,
    read_risk,
    sign,
)
from tests.reference.factories import make_rule

pytestmark = pytest.mark.django_db


def permission_of(customer: Any, key: str = "stock_connect") -> TradingPermission:
    return TradingPermission.objects.get(customer=customer, key=key)


def evidence_of(case: PermissionApplication) -> AssetEvidence:
    return AssetEvidence.objects.get(ref=str(case.evidence_ref))


def test_the_whole_way_ends_with_a_permission_from_the_next_trading_day():
    customer = a_trader()
    case = a_case(customer)
    assert case.status == CaseStatus.TEST, "southbound asks for no experience"
    evidence = evidence_of(case)
    assert (evidence.purpose, evidence.days) == ("permission.stock_connect", 20)
    pass_test(case)
    read_risk(case)
    case.refresh_from_db()
    assert case.status == CaseStatus.SIGNING
    sign(case, at=AT + timedelta(minutes=2))
    case.refresh_from_db()
    assert (case.status, case.route) == (CaseStatus.REPORTING, "rule")
    reporting.ask(case=case, at=AT + timedelta(minutes=3))
    case.refresh_from_db()

    assert case.status == CaseStatus.GRANTED
    assert case.report_number.startswith("R")
    assert case.effective_on == date(2026, 3, 3), "the next trading day"
    assert permission_of(customer).status == PermissionStatus.GRANTED
    assert not may_buy(customer, "stock_connect", date(2026, 3, 2))
    assert may_buy(customer, "stock_connect", date(2026, 3, 3))
    assert may_reduce(customer, "stock_connect")
    kinds = Entry.objects.filter(subject_ref=case.ref).order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == [
        "accounts.permission_applied",
        "accounts.permission_test_begun",
        "accounts.permission_test_ended",
        "accounts.permission_risk_read",
        "accounts.permission_signed",
        "accounts.permission_reported",
        "accounts.permission_granted",
    ]


def test_a_permission_granted_on_friday_counts_from_monday():
    friday = AT + timedelta(days=4)
    case = a_granted_case(a_trader(at=friday), at=friday)
    assert case.effective_on == date(2026, 3, 9)


def test_what_is_missing_is_kept_on_the_row_and_nothing_begins():
    customer = a_trader(counted=100_000)
    a_graded_permission("stock_connect")
    with pytest.raises(UnableToApply):
        applying.apply(customer=customer, key="stock_connect", language="en", actor=ACTOR, at=AT)
    row = permission_of(customer)
    assert (row.status, row.gaps) == (PermissionStatus.NOT_ELIGIBLE, ["average"])
    assert row.earliest is not None
    assert not PermissionApplication.objects.exists()
    assert not AssetEvidence.objects.exists()

    AssetSnapshot.objects.update(securities=900_000, counted=900_000)
    assert a_case(customer).status == CaseStatus.TEST
    assert permission_of(customer).status == PermissionStatus.APPLIED


def test_no_application_without_an_active_account_or_a_grade_of_risk():
    a_graded_permission("stock_connect")
    for customer, key in (
        (a_trader(active=False, number=BEGINNER), "stock_connect"),
        (a_trader(), "reit"),
    ):
        with pytest.raises(UnableToApply):
            applying.apply(customer=customer, key=key, language="en", actor=ACTOR, at=AT)


def test_the_evidence_stays_what_it_was_when_assets_fall_afterwards():
    case = a_case()
    before = evidence_of(case).average
    AssetSnapshot.objects.update(securities=0, counted=0)
    pass_test(case)
    read_risk(case)
    sign(case, at=AT + timedelta(minutes=2))
    case.refresh_from_db()
    assert case.status == CaseStatus.REPORTING
    assert evidence_of(case).average == before == 600_000


def test_the_depository_tells_the_first_trade_and_the_distance_knows_it():
    customer = a_trader()
    case = a_case(customer, "star")
    assert case.status == CaseStatus.CHECKING
    reporting.ask(case=case, at=AT)
    case.refresh_from_db()
    assert case.status == CaseStatus.DISCLOSURE, "no test is asked for"
    assert case.first_trade == date(2019, 6, 3)
    conditions = ways_of(customer, AT.date(), key="star")[0].distance.conditions
    assert next(each for each in conditions if each.kind == "experience").met


def test_too_short_an_experience_ends_it_with_the_date_from_which_it_is_enough():
    customer = a_trader(number=BEGINNER)
    case = a_case(customer, "star")
    reporting.ask(case=case, at=AT)
    case.refresh_from_db()
    assert (case.status, case.refusal) == (CaseStatus.REFUSED, CaseRefusal.EXPERIENCE)
    row = permission_of(customer, "star")
    assert (row.status, row.gaps) == (PermissionStatus.NOT_ELIGIBLE, ["experience"])
    assert row.earliest == date(2028, 3, 2)
    with pytest.raises(UnableToApply):
        a_case(customer, "star")


def test_a_depository_that_is_down_is_asked_again_and_nothing_is_lost():
    case = a_case(a_trader(number=DOWN), "star")
    reporting.ask(case=case, at=AT)
    case.refresh_from_db()
    assert case.status == CaseStatus.CHECKING
    assert (case.asked, case.last_problem) == (1, "sandbox")
    assert case.asks_at is not None
    assert case.asks_at > AT


def test_outside_its_hours_the_depository_is_asked_on_the_next_trading_day():
    evening = AT + timedelta(hours=12)
    case = a_case(a_trader(), "star", at=evening)
    reporting.ask(case=case, at=evening)
    case.refresh_from_db()
    assert case.asked == 0
    assert case.asks_at is not None
    assert case.asks_at > evening


def test_a_second_answer_of_the_register_changes_nothing():
    case = a_granted_case()
    reporting.take_report(case=case, number="R999", at=AT + timedelta(days=3))
    fresh = PermissionApplication.objects.get(pk=case.pk)
    assert (fresh.report_number, fresh.effective_on) == (case.report_number, case.effective_on)


def test_the_disclosure_wants_its_time():
    case = a_case()
    pass_test(case)
    agreeing.open_text(case=case, language="en", at=AT)
    with pytest.raises(UnableToGoOn):
        agreeing.finish_text(case=case, actor=ACTOR, at=AT + timedelta(seconds=9))
    case.refresh_from_db()
    assert case.text is not None
    assert (case.status, case.text.language) == (CaseStatus.DISCLOSURE, "en")


def test_what_does_not_suit_is_not_signed_and_what_must_not_be_sold_is_refused():
    a_graded_permission("stock_connect", "R5")
    case = a_case()
    pass_test(case)
    read_risk(case)
    case.refresh_from_db()
    assert case.status == CaseStatus.OPINION
    with pytest.raises(UnableToGoOn):
        agreeing.go_on_after_insisting(case=case, at=AT)
    with pytest.raises(UnableToGoOn):
        sign(case)


def test_a_wrong_code_is_counted_and_signs_nothing():
    case = a_case()
    pass_test(case)
    read_risk(case)
    with pytest.raises(CodeWrong):
        agreeing.sign(case=case, code="000000", actor=ACTOR, at=AT)
    case.refresh_from_db()
    assert (case.status, case.code_tries) == (CaseStatus.SIGNING, 1)


def test_a_class_that_fell_before_the_signature_refuses():
    case = a_case()
    pass_test(case)
    read_risk(case)
    a_lowest_assessment(case.customer, at=AT + timedelta(minutes=1))
    sign(case, at=AT + timedelta(minutes=2))
    case.refresh_from_db()
    assert (case.status, case.refusal) == (CaseStatus.REFUSED, CaseRefusal.CONDITIONS)
    assert "assessment" in permission_of(case.customer).gaps


def a_case_for_people() -> PermissionApplication:
    Rule.objects.filter(key="accounts.permission_review").update(valid_to=AT.date())
    value = {"by_hand": ["stock_connect"], "oldest": 69}
    make_rule(AT, key="accounts.permission_review", value=value, valid_from=AT.date())
    return a_signed_case()


def test_what_people_look_at_needs_two_of_them():
    case = a_case_for_people()
    assert (case.status, case.route) == (CaseStatus.REVIEW, "hand")
    first, second, officer = a_reviewer(), a_reviewer(), an_officer()
    with pytest.raises(UnableToGoOn):
        reviewing.decide(case=case, agree=True, officer=second, at=AT)
    reviewing.propose(case=case, verdict=CaseVerdict.GRANT, note="资料齐全", officer=first, at=AT)
    for nobody in (first, officer):
        with pytest.raises(UnableToGoOn):
            reviewing.decide(case=case, agree=True, officer=nobody, at=AT)
    reviewing.decide(case=case, agree=False, officer=second, at=AT)
    case.refresh_from_db()
    assert (case.status, case.proposed_by) == (CaseStatus.REVIEW, None)
    reviewing.propose(case=case, verdict=CaseVerdict.GRANT, note="", officer=second, at=AT)
    reviewing.decide(case=case, agree=True, officer=first, at=AT)
    case.refresh_from_db()
    assert (case.status, case.decided_by) == (CaseStatus.REPORTING, first)
    with pytest.raises(IntegrityError), transaction.atomic():
        PermissionApplication.objects.filter(pk=case.pk).update(decided_by=second)


def test_giving_up_and_running_out_end_it_and_another_may_begin():
    case = a_case()
    applying.withdraw(case=case, actor=ACTOR, at=AT)
    with pytest.raises(UnableToGoOn):
        applying.withdraw(case=case, actor=ACTOR, at=AT)
    assert permission_of(case.customer).status == PermissionStatus.ELIGIBLE
    again = a_case(case.customer)
    assert not applying.expire(case=again, at=AT + timedelta(days=29))
    assert applying.expire(case=again, at=AT + timedelta(days=30))
    again.refresh_from_db()
    assert again.status == CaseStatus.EXPIRED
    row = permission_of(case.customer)
    assert (row.status, row.gaps) == (PermissionStatus.NOT_ELIGIBLE, ["average"]), "of that day"
    assert not TestAttempt.objects.exists()


def test_margin_is_declared_by_signing_looked_at_by_two_and_qualifies_for_options():
    customer = a_trader()
    case = a_signed_case(customer, "margin")
    assert (case.status, case.route) == (CaseStatus.REVIEW, "hand")
    assert case.text is not None
    assert "股东" in case.text.body, "what is declared stands in what is signed"
    first, second = a_reviewer(), a_reviewer()
    reviewing.propose(case=case, verdict=CaseVerdict.GRANT, note="已核对", officer=first, at=AT)
    reviewing.decide(case=case, agree=True, officer=second, at=AT)
    reporting.ask(case=case, at=AT + timedelta(minutes=9))
    case.refresh_from_db()
    assert case.status == CaseStatus.GRANTED
    for day, met in ((AT.date(), False), (AT.date() + timedelta(days=1), True)):
        facts = standing_of(customer, day).facts
        assert ("margin_qualified" in facts) is met, "from its first trading day"
    assert "no_shareholder_or_affiliate" in facts
    permission_of(customer, "margin")
    TradingPermission.objects.update(status=PermissionStatus.SUSPENDED, loss="class")
    assert "margin_qualified" not in standing_of(customer, AT.date() + timedelta(days=1)).facts


@pytest.mark.parametrize(
    ("number", "ends"), [(EXPERIENCED, CaseStatus.DISCLOSURE), (BEGINNER, CaseStatus.REFUSED)]
)
def test_neeq_asks_the_depository_for_the_months_of_investing(number: str, ends: str):
    customer = a_trader(number=number, counted=1_200_000)
    case = a_case(customer, "neeq_innovation")
    assert case.status == CaseStatus.CHECKING
    reporting.ask(case=case, at=AT)
    case.refresh_from_db()
    assert case.status == ends
    if ends == CaseStatus.REFUSED:
        assert case.refusal == CaseRefusal.EXPERIENCE
        assert permission_of(customer, "neeq_innovation").gaps == ["fact"]
