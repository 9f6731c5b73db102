"""Between signature and grant lie days: class, account and proposal are looked at once more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.life.obstacles import obstacles_of
from accounts.life.states import Obstacle
from accounts.models import Application, CashAccount, PermissionApplication, TradingPermission
from accounts.permissions.states import (
    CaseRefusal,
    CaseStatus,
    CaseVerdict,
    Loss,
    PermissionStatus,
)
from accounts.permissions.use_cases import losing, reporting, reviewing
from accounts.permissions.use_cases.ending import end_with_account
from accounts.permissions.use_cases.reviewing import proposal_mark
from accounts.permissions.use_cases.steps import UnableToGoOn
from accounts.states import CashStatus
from brokerage.core import clock
from brokerage.journal.models import Entry
from tests.accounts.factories import a_reviewer
from tests.accounts.permissions.factories import (
    AT,
    a_case,
    a_granted_case,
    a_lowest_assessment,
    a_signed_case,
    a_trader,
)
from tests.accounts.permissions.records import a_permission, a_permission_case
from tests.branches.factories import make_unit
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def row_of(case: PermissionApplication) -> TradingPermission:
    return TradingPermission.objects.get(pk=case.permission_id)


def test_a_class_that_fell_during_the_review_grants_nothing():
    case, first, second = a_signed_case(a_trader(), "margin"), a_reviewer(), a_reviewer()
    assert case.status == CaseStatus.REVIEW
    reviewing.propose(case=case, verdict=CaseVerdict.GRANT, note="", officer=first, at=AT)
    a_lowest_assessment(case.customer, at=AT + 3 * MINUTE)
    reviewing.decide(case=case, agree=True, officer=second, at=AT + 4 * MINUTE)
    case.refresh_from_db()
    assert (case.status, case.refusal) == (CaseStatus.REFUSED, CaseRefusal.CONDITIONS)
    assert "assessment" in row_of(case).gaps


def test_a_class_that_fell_over_the_weekend_is_not_reported():
    case = a_signed_case()
    a_lowest_assessment(case.customer, at=AT + 3 * MINUTE)
    reporting.ask(case=case, at=AT + 4 * MINUTE)
    case.refresh_from_db()
    assert (case.status, case.report_number) == (CaseStatus.REFUSED, "")
    assert case.refusal == CaseRefusal.CONDITIONS


def test_a_class_that_fell_while_the_register_was_asked_suspends_at_once():
    case = a_signed_case()
    a_lowest_assessment(case.customer, at=AT + 3 * MINUTE)
    reporting.take_report(case=case, number="R7", at=AT + 4 * MINUTE)
    row = row_of(case)
    assert (row.status, row.loss) == (PermissionStatus.SUSPENDED, Loss.CLASS)
    assert Entry.objects.filter(kind="accounts.permission_suspended").count() == 1


def close_accounts(customer: Any) -> None:
    CashAccount.objects.filter(customer=customer).update(status=CashStatus.CLOSED)


def test_a_closed_account_ends_what_was_held_and_what_runs_once():
    customer = a_trader()
    held, runs = a_permission(customer, "star"), a_case(customer)
    assert end_with_account(customer=customer, at=AT) == 0, "the account is there"
    close_accounts(customer)
    assert end_with_account(customer=customer, at=AT) == 2
    assert end_with_account(customer=customer, at=AT) == 0
    held.refresh_from_db()
    runs.refresh_from_db()
    assert (held.status, held.loss) == (PermissionStatus.REVOKED, Loss.SHUT)
    assert (runs.status, runs.refusal) == (CaseStatus.REFUSED, CaseRefusal.CLOSED)
    kinds = Entry.objects.filter(subject_ref__in=[held.ref, runs.ref])
    told = kinds.filter(kind__in=["accounts.permission_revoked", "accounts.permission_refused"])
    assert told.count() == 2


def test_an_application_that_runs_is_an_obstacle_to_closing():
    customer = a_trader()
    case = a_case(customer)
    account = Application.objects.get(customer=customer)
    found = [each for each in obstacles_of(account) if each.kind == Obstacle.PERMISSION]
    assert [each.url for each in found] == [case.get_absolute_url()]
    close_accounts(customer)
    end_with_account(customer=customer, at=AT)
    assert not [each for each in obstacles_of(account) if each.kind == Obstacle.PERMISSION]


def test_whoever_agrees_to_a_proposal_that_was_replaced_decides_nothing():
    case = a_permission_case(a_trader())
    first, second, third = a_reviewer(), a_reviewer(), a_reviewer()
    reviewing.propose(case=case, verdict=CaseVerdict.GRANT, note="", officer=first, at=AT)
    case.refresh_from_db()
    seen = proposal_mark(case)
    reviewing.decide(case=case, agree=False, officer=second, at=AT, seen=seen)
    reviewing.propose(case=case, verdict=CaseVerdict.REFUSE, note="", officer=second, at=AT)
    with pytest.raises(UnableToGoOn, match=r"changed|变化|变"):
        reviewing.decide(case=case, agree=True, officer=third, at=AT, seen=seen)
    case.refresh_from_db()
    assert (case.status, case.decided_by) == (CaseStatus.REVIEW, None)
    reviewing.decide(case=case, agree=True, officer=third, at=AT, seen=proposal_mark(case))
    case.refresh_from_db()
    assert case.status == CaseStatus.REFUSED


def test_a_revocation_is_agreed_to_as_it_was_shown():
    row, first, second = a_permission(a_trader()), a_reviewer(), a_reviewer()
    losing.propose_revocation(permission=row, note="交易所要求", officer=first, at=AT)
    row.refresh_from_db()
    seen = proposal_mark(row)
    losing.propose_revocation(permission=row, note="另一理由", officer=first, at=AT)
    with pytest.raises(UnableToGoOn):
        losing.decide_revocation(permission=row, agree=True, officer=second, at=AT, seen=seen)
    row.refresh_from_db()
    assert row.status == PermissionStatus.GRANTED


def test_the_page_of_staff_carries_the_proposal_it_shows():
    unit = make_unit()
    trader = a_trader(at=clock.now())
    trader.home_outlet_ref = unit.ref
    trader.save()
    case, first, second = a_permission_case(trader), a_reviewer(unit), a_reviewer(unit)
    reviewing.propose(case=case, verdict=CaseVerdict.GRANT, note="", officer=first, at=clock.now())
    case.refresh_from_db()
    page = sign_in(Client(headers={"Accept-Language": "en"}), second)
    shown = page.get(f"/admin/accounts/permissionapplication/{case.ref}/change/")
    mark = proposal_mark(case)
    assert f'value="{mark}"' in shown.content.decode()
    act = f"/admin/accounts/permissionapplication/{case.ref}/act/decide/"
    page.post(act, {"agree": "yes"})
    case.refresh_from_db()
    assert case.status == CaseStatus.REVIEW, "a page without it decides nothing"
    page.post(act, {"agree": "yes", "seen": mark})
    case.refresh_from_db()
    assert case.status == CaseStatus.REPORTING


def test_what_is_granted_stays_granted_when_nothing_fell():
    case = a_granted_case()
    assert row_of(case).status == PermissionStatus.GRANTED
