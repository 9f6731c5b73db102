"""Winning is a decision of two: one says what was earned, another makes credit of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from branches.models import StaffAssignment
from brokerage.backoffice.four_eyes import Decision, FourEyesRefused, decide
from brokerage.backoffice.tasks import tasks_by_source
from brokerage.core import clock, scope
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from brokerage.users.models import User
from products.models import CreditSplit, Mandate, Referral, Winning
from products.states import ReferralStatus
from products.use_cases.mandating import open_mandate
from products.use_cases.referring import give_up
from products.use_cases.refusals import UnableToList
from products.use_cases.winning import win
from tests.branches.factories import make_staff, make_unit
from tests.products.factories import a_checker, a_winning, approve
from tests.suitability.factories import AT
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting() -> Winning:
    return a_winning()


def maker_of(row: Winning) -> User:
    return User.objects.get(ref=row.made_by_ref)


def send_back(row: Winning, reason: str = "收入有误") -> Winning:
    return decide(
        model=Winning,
        ref=row.ref,
        checker=a_checker(),
        decision=Decision.REJECTED,
        at=AT,
        reason=reason,
    )


def test_nothing_is_credited_before_another_person_agrees(waiting):
    referral = Referral.objects.get()
    assert (referral.status, CreditSplit.objects.count()) == (ReferralStatus.REPORTED, 0)
    with pytest.raises(FourEyesRefused, match="maker"):
        approve(waiting, by=maker_of(waiting))
    checker = a_checker()
    assert "backoffice.approvals" in [one.key for one in tasks_by_source(checker, AT)]
    approve(waiting, by=checker)
    referral.refresh_from_db()
    credit = CreditSplit.objects.get()
    assert (referral.status, credit.revenue) == (ReferralStatus.WON, Decimal(100_000))
    assert referral.note == waiting.note
    assert Entry.objects.get(kind="products.referral_ended").actor_ref == checker.ref


def test_what_is_sent_back_goes_on_as_before_and_can_be_said_again(waiting):
    referral, officer = waiting.referral, maker_of(waiting)
    send_back(waiting)
    referral.refresh_from_db()
    assert (referral.status, CreditSplit.objects.count()) == (ReferralStatus.REPORTED, 0)
    told = Entry.objects.get(kind="products.winning_sent_back")
    assert told.subject_ref == referral.ref
    again = win(referral=referral, revenue=Decimal(90_000), note="更正", by=officer, at=AT)
    approve(again)
    assert CreditSplit.objects.get().revenue == Decimal(90_000)


def test_while_it_waits_it_ends_in_no_other_way_and_waits_once(waiting):
    referral, officer = waiting.referral, maker_of(waiting)
    told: dict[str, Any] = {"referral": referral, "note": "改口", "by": officer, "at": AT}
    for other in (give_up, lambda **values: open_mandate(product=None, **values)):
        with pytest.raises(UnableToList, match="waits as won"):
            other(**told)
    with pytest.raises(UnableToList, match="already"):
        win(revenue=Decimal(1), **told)
    assert not Mandate.objects.exists()
    approve(waiting)
    with pytest.raises(UnableToList):
        win(revenue=Decimal(1), **told)


@pytest.mark.parametrize(
    ("revenue", "note"), [("-0.01", "已签约"), ("0.001", "已签约"), ("1e30", "已签约"), ("1", " ")]
)
def test_revenue_and_words_are_looked_at_when_it_is_said(revenue: str, note: str):
    row = a_winning()
    send_back(row)
    with pytest.raises(UnableToList):
        win(
            referral=row.referral,
            revenue=Decimal(revenue),
            note=note,
            by=maker_of(row),
            at=AT,
        )
    assert not Winning.objects.pending().exists()


def test_who_registered_it_does_not_confirm_it_though_they_work_at_head_office_now(waiting):
    registered = User.objects.get(ref=waiting.referral.made_by_ref)
    head_office = a_checker()
    StaffAssignment.objects.filter(user=head_office).update(user=registered)
    registered.groups.set(head_office.groups.all())
    with pytest.raises(FourEyesRefused, match="registered it"), transaction.atomic():
        approve(waiting, by=registered)
    assert not CreditSplit.objects.exists()


def test_the_database_takes_no_credit_that_one_person_made(waiting):
    parts: dict[str, Any] = {"to_outlet": Decimal(0), "to_company": Decimal(0)}
    with pytest.raises(IntegrityError, match="second person"), transaction.atomic():
        CreditSplit.objects.create(
            referral=waiting.referral,
            revenue=Decimal(1),
            to_desk=Decimal(1),
            rule_version="x",
            made_at=AT,
            disputed_until=AT,
            **parts,
        )
    approve(waiting)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Winning.objects.update(revenue=Decimal(2))


def test_outlets_do_not_see_it_and_the_page_says_what_waits(waiting, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)
    outlet = waiting.referral.outlet
    adviser, other = make_staff(Role.ADVISER, outlet), make_staff(Role.ADVISER, make_unit())
    assert not scope.visible(Winning, adviser).exists()
    assert not scope.visible(Winning, other).exists()
    desk = sign_in(Client(), maker_of(waiting), stepped_up=True, at=AT)
    page = desk.get(reverse("admin:products_referral_change", args=[waiting.referral.ref]))
    assert reverse("admin:products_winning_change", args=[waiting.ref]) in page.content.decode()
    acts = [card.act.key for card in page.context["act_cards"]]
    assert not {"win", "mandate", "give-up"} & set(acts)
    assert "hand-on" in acts
