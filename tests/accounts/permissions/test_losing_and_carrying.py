"""A class that falls closes buying, never selling; two people revoke; another broker's counts."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import PermissionApplication, TradingPermission
from accounts.permissions import tasks
from accounts.permissions.dated import OLD_ASSESSMENT
from accounts.permissions.events import PermissionSuspended
from accounts.permissions.handlers import look_at_class, tell_of_loss
from accounts.permissions.selectors import may_buy, may_reduce
from accounts.permissions.states import CaseRefusal, CaseStatus, Loss, PermissionStatus
from accounts.permissions.tasks import suspend_with_old_assessments
from accounts.permissions.use_cases import applying, losing, reporting, suspending
from accounts.permissions.use_cases.applying import UnableToApply
from accounts.permissions.use_cases.steps import UnableToGoOn
from brokerage.core import clock
from brokerage.journal.models import Delivery, Entry
from brokerage.messaging.models import Message
from brokerage.reference.models import Rule
from holdings.models import AssetSnapshot
from suitability.events import ClassChanged
from suitability.models import Assessment
from tests.accounts.factories import a_reviewer, an_officer
from tests.accounts.permissions.factories import (
    ACTOR,
    AT,
    a_graded_permission,
    a_lowest_assessment,
    a_trader,
    read_risk,
    sign,
)
from tests.accounts.permissions.records import a_permission
from tests.reference.factories import make_rule
from tests.suitability.factories import a_confirmed_assessment
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
ELSEWHERE = "330702199003079059"
LATER = AT + timedelta(days=2)


def deliver_class(customer: Any) -> None:
    """What the delivery worker does with the newest change of class."""
    entry = Entry.objects.filter(kind=ClassChanged.kind).latest("pk")
    assert Delivery.objects.filter(entry=entry, subscriber="accounts.permission_class").exists()
    event = ClassChanged(subject=entry.subject_ref, customer=customer.ref, before="x")
    for _twice in range(2):
        look_at_class(event, entry)


def test_a_fallen_class_suspends_buying_and_a_risen_one_restores_it():
    customer = a_trader()
    row = a_permission(customer, "stock_connect")
    a_lowest_assessment(customer, at=AT + timedelta(hours=1))
    deliver_class(customer)
    row.refresh_from_db()
    assert (row.status, row.loss) == (PermissionStatus.SUSPENDED, Loss.CLASS)
    assert not may_buy(customer, "stock_connect", LATER.date())
    assert may_reduce(customer, "stock_connect")
    entry = Entry.objects.get(kind="accounts.permission_suspended")
    told = PermissionSuspended(subject=row.ref, customer=customer.ref, permission=row.key)
    for _twice in range(2):
        tell_of_loss(told, entry)
    key = "accounts.permission_suspended:"
    assert Message.objects.filter(dedupe_key__startswith=key).count() == 1

    a_confirmed_assessment(customer, at=LATER, changed="恢复健康")
    deliver_class(customer)
    row.refresh_from_db()
    assert (row.status, row.loss) == (PermissionStatus.GRANTED, "")
    assert may_buy(customer, "stock_connect", LATER.date())
    kinds = Entry.objects.filter(subject_ref=row.ref).values_list("kind", flat=True)
    assert sorted(kinds) == ["accounts.permission_restored", "accounts.permission_suspended"]


def test_whoever_stays_among_old_assessments_keeps_nobody_behind_them_from_being_looked_at(
    monkeypatch: pytest.MonkeyPatch,
):
    holders = [a_trader(), a_trader(number=ELSEWHERE)]
    for customer in holders:
        a_permission(customer, "stock_connect")
    ended = Assessment.objects.order_by("valid_until").values_list("valid_until", flat=True).last()
    assert ended is not None
    late = datetime.combine(ended, time(12), clock.SHANGHAI) + timedelta(days=90)
    seen: list[int] = []
    look = "look_at_age"
    monkeypatch.setattr(suspending, look, lambda *, customer, at: seen.append(customer.pk))
    monkeypatch.setattr(tasks, "AT_NIGHT", 1)
    with time_machine.travel(late, tick=False):
        suspend_with_old_assessments(0)
    assert seen == sorted(customer.pk for customer in holders), "nothing is done, all are seen"


def test_who_holds_a_permission_keeps_it_when_assets_fall():
    customer = a_trader()
    row = a_permission(customer, "stock_connect")
    AssetSnapshot.objects.update(securities=0, counted=0)
    assert suspending.look_at_class(customer=customer, at=AT) == 0
    row.refresh_from_db()
    assert row.status == PermissionStatus.GRANTED


def test_an_assessment_that_ran_out_suspends_after_the_days_of_grace_and_a_new_one_restores():
    customer = a_trader()
    row = a_permission(customer, "stock_connect")
    ended = Assessment.objects.get(customer=customer).valid_until
    assert ended is not None
    last_free = datetime.combine(ended, time(12), clock.SHANGHAI) + timedelta(days=29)
    too_old = last_free + timedelta(days=1)

    def at_night(at: datetime) -> str:
        with time_machine.travel(at, tick=False):
            for _twice in range(2):
                suspend_with_old_assessments(0)
        row.refresh_from_db()
        return str(row.status)

    assert at_night(last_free) == PermissionStatus.GRANTED
    assert at_night(too_old) == PermissionStatus.SUSPENDED
    assert row.loss == Loss.OLD
    assert not may_buy(customer, "stock_connect", too_old.date())
    assert may_reduce(customer, "stock_connect")
    told = Entry.objects.filter(subject_ref=row.ref, kind="accounts.permission_suspended")
    assert told.get().rule_version == "accounts.permission_old_assessment@2026-01-01"

    a_confirmed_assessment(customer, at=too_old, changed="没有变化")
    deliver_class(customer)
    row.refresh_from_db()
    assert (row.status, row.loss) == (PermissionStatus.GRANTED, "")


def test_the_firm_may_decide_that_an_old_assessment_suspends_nothing():
    customer = a_trader()
    a_permission(customer, "stock_connect")
    ended = Assessment.objects.get(customer=customer).valid_until
    assert ended is not None
    late = datetime.combine(ended, time(12), clock.SHANGHAI) + timedelta(days=31)
    Rule.objects.filter(key=OLD_ASSESSMENT).update(valid_to=late.date())
    never = {"suspends": 0, "grace_days": 0}
    make_rule(AT, key=OLD_ASSESSMENT, value=never, valid_from=late.date())
    assert suspending.look_at_age(customer=customer, at=late) == 0
    assert suspending.look_at_class(customer=customer, at=late) == 0, "no result, no lower class"
    assert TradingPermission.objects.get().status == PermissionStatus.GRANTED


def test_a_permission_given_back_may_be_applied_for_again():
    customer = a_trader()
    a_graded_permission("stock_connect")
    row = a_permission(customer, "stock_connect")
    page = sign_in(Client(headers={"Accept-Language": "en"}), customer.user)
    assert page.get("/permissions/stock_connect/give-back/").status_code == 200
    assert TradingPermission.objects.get().status == PermissionStatus.GRANTED
    page.post("/permissions/stock_connect/give-back/")
    row.refresh_from_db()
    assert (row.status, row.loss) == (PermissionStatus.REVOKED, Loss.OWN)
    assert may_reduce(customer, "stock_connect")
    assert page.post("/permissions/stock_connect/give-back/").status_code == 404
    with pytest.raises(UnableToGoOn):
        losing.give_back(permission=row, actor=ACTOR, at=AT)
    AssetSnapshot.objects.update(securities=0, counted=0)
    with pytest.raises(UnableToApply, match="A condition"):
        applying.apply(customer=customer, key="stock_connect", language="en", actor=ACTOR, at=AT)
    row.refresh_from_db()
    assert (row.status, row.loss) == (PermissionStatus.NOT_ELIGIBLE, "")
    AssetSnapshot.objects.update(securities=600_000, counted=600_000)
    applying.apply(customer=customer, key="stock_connect", language="en", actor=ACTOR, at=AT)
    row.refresh_from_db()
    assert (row.status, row.loss) == (PermissionStatus.APPLIED, "")
    assert may_reduce(customer, "stock_connect"), "what was held may be sold all the while"
    assert not may_buy(customer, "stock_connect", LATER.date())


def test_the_firm_revokes_by_two_people():
    row = a_permission(a_trader(), "star")
    first, second, officer = a_reviewer(), a_reviewer(), an_officer()
    with pytest.raises(UnableToGoOn):
        losing.propose_revocation(permission=row, note=" ", officer=officer, at=AT)
    losing.propose_revocation(permission=row, note="交易所要求", officer=officer, at=AT)
    with pytest.raises(UnableToGoOn):
        losing.decide_revocation(permission=row, agree=True, officer=officer, at=AT)
    losing.decide_revocation(permission=row, agree=False, officer=first, at=AT)
    losing.propose_revocation(permission=row, note="交易所要求", officer=first, at=AT)
    with pytest.raises(UnableToGoOn):
        losing.decide_revocation(permission=row, agree=True, officer=first, at=AT)
    losing.decide_revocation(permission=row, agree=True, officer=second, at=AT)
    row.refresh_from_db()
    assert (row.status, row.loss, row.revoked_by) == ("revoked", Loss.FIRM, second)
    with pytest.raises(IntegrityError), transaction.atomic():
        TradingPermission.objects.filter(pk=row.pk).update(revoked_by=first)


def carried(customer: Any) -> PermissionApplication:
    a_graded_permission("star")
    return applying.apply(
        customer=customer, key="star", language="en", actor=ACTOR, at=AT, carried=True
    )


def test_what_another_broker_opened_is_carried_over_without_assets_and_test():
    customer = a_trader(number=ELSEWHERE, counted=1)
    case = carried(customer)
    assert (case.status, case.evidence_ref) == (CaseStatus.CHECKING, None)
    reporting.ask(case=case, at=AT)
    case.refresh_from_db()
    assert case.status == CaseStatus.DISCLOSURE
    read_risk(case)
    sign(case, at=AT + timedelta(minutes=2))
    reporting.ask(case=case, at=AT + timedelta(minutes=3))
    case.refresh_from_db()
    assert case.status == CaseStatus.GRANTED


def test_what_the_register_does_not_know_is_not_carried_over():
    customer = a_trader()
    case = carried(customer)
    reporting.ask(case=case, at=AT)
    case.refresh_from_db()
    assert (case.status, case.refusal) == (CaseStatus.REFUSED, CaseRefusal.ELSEWHERE)


def test_a_class_that_is_too_low_carries_nothing_over():
    customer = a_trader(number=ELSEWHERE)
    a_lowest_assessment(customer, at=AT - timedelta(hours=1))
    with pytest.raises(UnableToApply):
        carried(customer)
    assert "assessment" in TradingPermission.objects.get().gaps
