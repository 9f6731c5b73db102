"""Customers at high risk say where their money comes from; nobody else learns that they are."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.aml.states import AmlLevel
from accounts.funds import home
from accounts.models import AmlRating, Application, FundsInquiry
from accounts.own_data import inquiries_told
from accounts.states import Status
from accounts.use_cases.ask_about_funds import (
    UnableToAsk,
    accept_inquiry,
    answer_inquiry,
    ask_again,
    ask_before_reviews,
    ask_where_needed,
)
from accounts.use_cases.rate_customer import UnableToRate, review_rating
from brokerage.core import clock, scope
from brokerage.core.roles import Role, sync_roles
from brokerage.files import api as files
from brokerage.journal.models import Entry
from brokerage.messaging.models import Message
from tests.accounts.evidence.conftest import folder  # noqa: F401
from tests.accounts.factories import ACTOR, AT, an_application
from tests.accounts.later_markets.factories import deliver
from tests.branches.factories import make_staff
from tests.files.factories import jpeg
from tests.users.factories import make_staff_user, sign_in

pytestmark = pytest.mark.django_db
GIVEN = {"funds": ["wage"], "wealth": ["work", "other"], "aim": "long", "words": "卖了老房子"}
LATER = AT + timedelta(days=150)


def rated(level: AmlLevel = AmlLevel.HIGH, application: Application | None = None) -> AmlRating:
    row = application or an_application(Status.ACTIVE)
    return AmlRating.objects.create(
        customer=row.customer,
        level=level,
        score=60,
        factors=["exposed"],
        rule_version="tests",
        rated_at=AT,
        review_on=(AT + timedelta(days=180)).date(),
    )


def asked() -> FundsInquiry:
    made = ask_where_needed(rating=rated(), at=AT)
    assert made is not None
    return made


def answered() -> FundsInquiry:
    return answer_inquiry(inquiry=asked(), values=GIVEN, proof=None, actor=ACTOR, at=AT)


def test_only_the_high_level_asks_and_once() -> None:
    application = an_application(Status.ACTIVE)
    medium = rated(AmlLevel.MEDIUM, application)
    assert ask_where_needed(rating=medium, at=AT) is None
    AmlRating.objects.filter(pk=medium.pk).update(replaced_at=AT)
    rating = rated(application=application)
    made = ask_where_needed(rating=rating, at=AT)
    again = ask_where_needed(rating=rating, at=AT)
    assert made is not None
    assert again == made
    assert made.due_on == AT.date() + timedelta(days=30)
    deliver(AT)
    told = Message.objects.get(text__kind="accounts.funds_asked")
    assert told.user == application.customer.user
    entry = Entry.objects.get(kind="accounts.funds_asked")
    assert entry.subject_type == "accounts.fundsinquiry", "no timeline of the application has it"


def test_no_high_rating_is_looked_at_without_answers_that_somebody_accepted() -> None:
    rating, officer = rated(), make_staff_user()
    inquiry = ask_where_needed(rating=rating, at=AT)
    assert inquiry is not None
    for level in (AmlLevel.HIGH, AmlLevel.LOW):
        with pytest.raises(UnableToRate, match="where the money comes from"):
            review_rating(rating=rating, officer=officer, level=level, note="x", at=AT)
    answer_inquiry(inquiry=inquiry, values=GIVEN, proof=None, actor=ACTOR, at=AT)
    with pytest.raises(UnableToRate):
        review_rating(rating=rating, officer=officer, level=AmlLevel.HIGH, note="x", at=AT)
    with pytest.raises(UnableToAsk, match="Say why"):
        accept_inquiry(inquiry=inquiry, officer=officer, reason=" ", at=AT)
    accept_inquiry(inquiry=inquiry, officer=officer, reason="与收入相符", at=AT)
    done = review_rating(rating=rating, officer=officer, level=AmlLevel.HIGH, note="x", at=LATER)
    assert done.level == AmlLevel.HIGH
    assert FundsInquiry.objects.count() == 1, "answers of the last twelve months count"
    much_later = AT + timedelta(days=400)
    assert ask_before_reviews(at=much_later) == 1
    assert FundsInquiry.objects.open().get().pk != inquiry.pk


def test_answers_that_are_not_enough_are_asked_for_again() -> None:
    row, officer = answered(), make_staff_user()
    with pytest.raises(UnableToAsk, match="what is missing"):
        ask_again(inquiry=row, officer=officer, note="", at=LATER)
    row = ask_again(inquiry=row, officer=officer, note="请补充卖房的时间", at=LATER)
    assert (row.status, row.due_on) == ("asked", LATER.date() + timedelta(days=30))
    with pytest.raises(UnableToAsk, match="somebody else"):
        accept_inquiry(inquiry=row, officer=officer, reason="x", at=LATER)
    with pytest.raises(UnableToAsk, match="every question"):
        answer_inquiry(inquiry=row, values={"funds": []}, proof=None, actor=ACTOR, at=LATER)
    customer = row.application.customer.user
    assert customer is not None
    row = answer_inquiry(inquiry=row, values=GIVEN, proof=None, actor=ACTOR, at=LATER)
    with pytest.raises(UnableToAsk, match="own answers"):
        accept_inquiry(inquiry=row, officer=customer, reason="x", at=LATER)
    payloads = str(list(Entry.objects.values_list("payload", flat=True)))
    assert "老房子" not in payloads


def test_the_customer_answers_with_a_file_on_the_page(folder: Any) -> None:  # noqa: F811
    row = asked()
    user = row.application.customer.user
    assert user is not None
    client = sign_in(Client(headers={"Accept-Language": "en"}), user)
    page = reverse("accounts:funds", args=[row.application.ref])
    (card,) = home.cards(user, AT)
    assert card.url == page
    shown = client.get(page).content.decode()
    for word in ("risk", "suspic", "launder", "exposed"):
        assert word not in shown.partition("<main")[2].partition("</main>")[0].lower()
    bad = client.post(page, {"funds": ["other"], "wealth": ["work"], "aim": "long"})
    assert (bad.status_code, "Say what else it is" in bad.content.decode()) == (422, True)
    picture = io.BytesIO(jpeg())
    picture.name = "x.jpg"
    assert client.post(page, {**GIVEN, "proof": picture}).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.answers["wealth"]) == ("answered", ["work", "other"])
    assert row.proof_ref is not None
    assert files.StoredFile.objects.get(ref=row.proof_ref).owner_ref == row.ref
    assert "Thank you" in client.get(page).content.decode()
    (told,) = inquiries_told(row.application)
    assert told["answers"]["words"] == "卖了老房子"
    assert not list(home.cards(user, AT))


def test_outlets_and_reviewers_see_nothing_of_it() -> None:
    sync_roles()
    row = answered()
    outlet = row.application.outlet
    act = reverse("admin:accounts_fundsinquiry_act", args=[row.ref, "accept"])
    shown = reverse("admin:accounts_fundsinquiry_change", args=[row.ref])
    for role in (Role.BRANCH_MANAGER, Role.REVIEWER, Role.OPERATIONS):
        staff = make_staff(role, outlet)
        assert not scope.visible(FundsInquiry, staff).exists()
        client = sign_in(Client(), staff, stepped_up=True)
        assert client.get(shown).status_code in (403, 404)
        assert not list(home.tasks(staff, clock.now()))
    officer = make_staff(Role.COMPLIANCE, outlet)
    client = sign_in(Client(headers={"Accept-Language": "en"}), officer, stepped_up=True)
    assert "卖了老房子" in client.get(shown).content.decode()
    assert len(list(home.tasks(officer, AT))) == 1
    client.post(act, {"reason": "与收入相符"})
    row.refresh_from_db()
    assert (row.status, row.decided_by) == ("accepted", officer)


def test_the_database_accepts_nothing_without_a_person_and_a_reason() -> None:
    row = answered()
    for values in (
        {"status": "accepted"},
        {"status": "accepted", "decided_by": make_staff_user(), "decided_at": AT},
        {"answered_at": None},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            FundsInquiry.objects.filter(pk=row.pk).update(**values)
