"""The copy that a customer carries away holds what every app knows of them, and nobody else's."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.db import models
from django.utils import translation
from django.utils.translation import override

from accounts.evidence.states import CardSide
from accounts.use_cases.readings import request_reading
from accounts.use_cases.recordings import begin_witnessing
from accounts.use_cases.signing import present_pack
from branches.models import AgreedRate
from brokerage.core import data_export
from brokerage.customers.archive import make_archive
from brokerage.customers.archive_labels import LABELS
from brokerage.customers.history import timeline_of
from brokerage.customers.models import ConsentText, Customer, IdType, OtherDocument
from brokerage.customers.use_cases import give_consent
from brokerage.journal.actors import Actor
from brokerage.messaging import send
from brokerage.messaging.models import Preference
from brokerage.users.models import Device, PastPhone, User
from content.models import Follow, Topic
from content.use_cases.read_item import read_item
from holdings.states import FileKind
from holdings.use_cases.freeze_average import freeze_average
from holdings.use_cases.measure_assets import measure_assets
from suitability.models import Exposure
from suitability.use_cases.matching import record_exposures
from tests import records
from tests.accounts.evidence.factories import an_answered_check
from tests.accounts.factories import NAME, a_draft, an_application
from tests.accounts.permissions.records import a_tried_case
from tests.accounts.proofs import unprove_steps
from tests.branches.factories import make_unit
from tests.content.factories import a_released, a_reminder
from tests.customers.factories import a_customer, an_identified_customer
from tests.holdings.factories import BANK, MON, TUE, a_day, a_file, an_account, securities, take
from tests.partners.factories import a_lead
from tests.products.basket import a_bare_basket
from tests.products.counter import a_bare_release
from tests.products.factories import (
    a_bare_contract,
    a_bare_proof,
    a_bid,
    a_referral,
    an_offer,
    an_order,
)
from tests.suitability.matching import a_decision, a_disclosure, an_insist_case
from tests.suitability.outlets import a_follow_up, a_recording
from tests.suitability.professional import a_sent_application
from tests.visits.factories import a_visit, a_wait, an_outlet

OF_STAFF = {
    "backoffice",
    "branches.StaffAssignment",
    "branches.RoleRequest",
    "branches.Licence",
    "branches.Absence",
    "branches.EntryCode",
    "branches.Departure",
    "branches.BlockedTime",
    "branches.Score",
    "branches.Suggestion",
}
"""Apps and models whose links to log-ins are those of staff; customers never appear in them."""


def linked() -> Iterator[str]:
    """Every model from which foreign keys lead to a customer or a log-in, at any distance."""
    reached: set[type[models.Model]] = {Customer, User}
    found = True
    while found:
        new = {
            model
            for model in apps.get_models()
            if model not in reached
            and OF_STAFF.isdisjoint((model._meta.app_label, model._meta.label))
            for field in model._meta.concrete_fields
            if field.related_model in reached
        }
        reached, found = reached | new, bool(new)
    yield from sorted(model._meta.label for model in reached)


def test_every_model_with_a_customer_is_told_or_exempt_for_a_reason() -> None:
    known = data_export.covered() | {label for label, _reason in data_export.EXEMPT.items()}
    assert set(linked()) - known == set()


def test_nothing_is_both_told_and_exempt_or_unknown() -> None:
    exempt = {label for label, _reason in data_export.EXEMPT.items()}
    assert not data_export.covered() & exempt
    assert all(reason.strip() for _label, reason in data_export.EXEMPT.items())
    for label in data_export.covered() | exempt:
        apps.get_model(label)


@pytest.fixture
def full(db, at) -> Any:
    """A customer of whom every app knows something."""
    translation.activate("zh-hans")  # some rows keep the language of who wrote them
    customer = an_identified_customer(at=at)
    behind = OtherDocument(customer=customer, id_type=IdType.TRAVEL_PERMIT, added_at=at)
    behind.set_number("H12345678")
    behind.save()
    application = an_application("returned", customer=customer, at=at)
    an_answered_check(application, at=at)
    request_reading(application=application, file_ref=uuid4(), side=CardSide.PORTRAIT, at=at)
    unprove_steps(application)
    begin_witnessing(application=application, language="en", at=at)
    present_pack(application=application, language="en", actor=Actor.of(customer.user), at=at)
    user = customer.user
    UserSession.objects.create(
        user=user, session_key="x", ip="203.0.113.9", user_agent="Chrome/1 Android", data={}
    )
    give_consent(
        customer=customer,
        purpose="marketing",
        text=ConsentText.objects.get(purpose="marketing", language="zh-hans", version=1),
        actor=Actor.of(user),
        channel="portal",
        at=at,
    )
    PastPhone.objects.create(user=user, phone="+8613900139000", until=at)
    rate = records.commission_rate(make_unit(), None)
    AgreedRate.objects.create(customer=customer, rate=rate, agreed_at=at, channel="portal")
    with override("zh-hans"):  # the portal notes in which language somebody wrote
        records.voice(make_unit(), None, customer=customer)
    decided = a_decision(customer, at=at)
    an_insist_case(customer, at=at)
    a_disclosure(customer, at=at)
    unit = make_unit()
    a_recording(unit, customer)
    a_follow_up(unit, customer)
    a_sent_application(customer, at=at)
    record_exposures(customer=customer, refs=[decided.item.ref], way=Exposure.Way.SHOWN, at=at)
    a_tried_case(customer)
    account = an_account(customer)
    securities()
    a_day(account, MON)
    bought = f"1,{account.ref},{BANK},buy,100,9,900,5"
    take(a_file(FileKind.TRADES, [bought], day=MON))
    assert measure_assets(at=at) == 1
    actor = Actor.of(user)
    freeze_average(customer=customer, purpose="test", on=TUE, days=20, actor=actor, at=at)
    outlet = an_outlet()
    a_visit(outlet, customer=customer)
    a_wait(outlet, customer)
    a_lead(phone=user.phone)
    an_offer(customer)
    an_order(customer, outlet)
    a_bid(
        customer,
        outlet,
        status="nothing",
        paid_at=at,
        ended_at=at,
        allotted=Decimal(0),
        refund=Decimal(1000),
    )
    a_bare_contract(customer, outlet)
    a_bare_basket(customer)
    a_bare_release(customer)
    a_bare_proof(customer)
    a_referral(
        need="mandate",
        customer=customer,
        enterprise="",
        credit_code="",
        facts="拟委托管理五百万元",
        contact="陆先生",
    )
    read_item(item=a_released(), customer=customer, at=at)
    Follow.objects.create(customer=customer, topic=Topic.objects.all()[0], since=at)
    a_reminder(customer)
    Device.objects.create(
        user=user, cookie_hash="x", browser="Chrome", first_seen_at=at, last_seen_at=at
    )
    Preference.objects.create(user=user)
    send(
        kind="users.switched_on",
        user=user,
        context={"at": at.isoformat()},
        at=at,
        dedupe_key="copy",
    )
    return customer


def unpack(customer: Any, at: Any) -> tuple[dict[str, Any], str]:
    archive = zipfile.ZipFile(io.BytesIO(make_archive(customer=customer, at=at)))
    return json.loads(archive.read("data.json")), archive.read("data.html").decode()


def test_all_sections_are_filled(full, at) -> None:
    data, page = unpack(full, at)
    assert {key for key, rows in data.items() if not rows} == {"looks"}
    assert data["applications"][0]["name"] == NAME
    assert len(data["assessments"][0]["answers"]) == 21
    assert data["log_in"][0]["phone"] == full.user.phone
    assert NAME in page


def test_the_timeline_tells_of_application_and_paper_and_their_looks(full, at) -> None:
    customer = Customer.objects.select_related("user").get(pk=full.pk)
    with override("en"):
        lines = [line.text for line in timeline_of(customer)[0]]
    assert "You sent your application" in lines
    assert "You finished the risk assessment" in lines


def test_a_number_given_up_may_be_somebody_elses_now(full, at) -> None:
    data, page = unpack(full, at)
    assert data["past_phones"][0]["phone"] == "139****9000"
    assert "13900139000" not in page


def test_the_page_names_every_value_in_words(full, at) -> None:
    data, _page = unpack(full, at)
    names = {name for rows in data.values() if isinstance(rows, list) for r in rows for name in r}
    assert names - LABELS.keys() == set()


def test_nothing_of_another_customer_is_in_it(full, at) -> None:
    other = a_customer("+8613800138077", at=at)
    draft = a_draft(other, at=at)
    data, page = unpack(full, at)
    whole = json.dumps(data) + page
    assert str(draft.ref) not in whole
    assert "13800138077" not in whole
    theirs, _page = unpack(other, at)
    assert [row["number"] for row in theirs["applications"]] == [str(draft.ref)]
    assert theirs["devices"] == []


def test_a_customer_without_a_log_in_gets_a_copy(db, at) -> None:
    customer = Customer.objects.create(created_at=at)
    data, _page = unpack(customer, at)
    assert data["log_in"] == data["messages"] == data["contact"] == []
