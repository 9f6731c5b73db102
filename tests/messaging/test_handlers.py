"""Owners hear of what happens to their log-in, once, also when the handler runs twice."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import transaction

from brokerage.customers.models import Customer
from brokerage.customers.use_cases import build_export, request_export
from brokerage.journal.actors import Actor
from brokerage.journal.delivery import deliver_pending
from brokerage.journal.record import record
from brokerage.messaging.models import Delivery, Message
from brokerage.users import events
from brokerage.users.models import PastPhone
from tests.customers.factories import PHONE, a_customer, a_user

pytestmark = pytest.mark.django_db
OLD = "+8613900139000"


def happen(event, user, at):
    with transaction.atomic():
        return record(event, actor=Actor.of(user), at=at)


@pytest.mark.parametrize(
    ("event", "values", "kind"),
    [
        (events.NewDeviceSeen, {"device": uuid4()}, "users.new_device"),
        (events.SignedOutEverywhere, {}, "users.signed_out_everywhere"),
        (events.SignInBlocked, {"bound": "code"}, "users.sign_in_blocked"),
        (events.FactorAdded, {"factor": "totp"}, "users.factor_added"),
        (events.FactorRemoved, {"factor": "totp"}, "users.factor_removed"),
        (events.PasswordChanged, {}, "users.password_changed"),
    ],
)
def test_the_owner_is_told(at, event, values, kind):
    user = a_user()
    happen(event(subject=user.ref, **values), user, at)
    deliver_pending(at=at)
    assert [message.text.kind for message in Message.objects.filter(user=user)] == [kind]


def test_a_changed_number_is_told_to_both_numbers_once(at):
    from brokerage.messaging.handlers import tell_phone_changed

    user = a_user()
    past = PastPhone.objects.create(user=user, phone=OLD, until=at)
    event = events.PhoneChanged(subject=user.ref, past_phone=past.ref)
    entry = happen(event, user, at)
    deliver_pending(at=at)
    tell_phone_changed(event, entry)
    found = Delivery.objects.filter(channel="sms", kind="users.phone_changed")
    assert {delivery.address for delivery in found} == {PHONE, OLD}
    assert found.count() == 2


def test_a_first_sign_up_makes_the_customer(at):
    user = a_user()
    happen(events.SignedUp(subject=user.ref), user, at)
    deliver_pending(at=at)
    assert Customer.objects.get().user == user


def test_the_owner_hears_that_the_copy_is_ready(at):
    customer = a_customer()
    export = request_export(customer=customer, actor=Actor.of(customer.user), at=at)
    build_export(ref=export.ref, at=at)
    deliver_pending(at=at)
    message = Message.objects.get(text__kind="customers.data_export_ready")
    assert message.values == {"until": "2026-03-09"}
