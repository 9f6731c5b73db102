"""One effect for each key; channels by purpose, consent, preference and limit."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from brokerage.customers.use_cases import withdraw_consent
from brokerage.journal.actors import Actor
from brokerage.messaging import send
from brokerage.messaging.models import Delivery, Message, Preference
from brokerage.messaging.rules.text import UnableToRender
from brokerage.messaging.texts import UnknownKind, words_of
from brokerage.messaging.use_cases.deliver import deliver
from brokerage.users.models import User
from tests.customers.factories import PHONE, a_customer
from tests.messaging.factories import a_text, wants_offers

pytestmark = pytest.mark.django_db


def tell(customer, at, *, kind="tests.note", key="k", **context) -> Any:
    return send(kind=kind, customer=customer, context=context, at=at, dedupe_key=key)


def channels_of(message) -> list[str]:
    return list(message.deliveries.order_by("channel").values_list("channel", flat=True))


def test_a_message_stands_in_the_inbox_and_goes_by_sms(at):
    a_text()
    message = tell(a_customer(), at)
    assert words_of(message, "zh-hans").body == "正文"
    assert channels_of(message) == ["sms"]


def test_an_e_mail_goes_where_there_is_an_address(at):
    a_text()
    message = tell(a_customer(email="li@example.com"), at)
    assert channels_of(message) == ["email", "sms"]


def test_the_second_call_with_a_key_returns_the_first_message(at):
    a_text()
    customer = a_customer()
    first = tell(customer, at)
    assert tell(customer, at + timedelta(days=1)) == first
    assert Delivery.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_with_one_key_have_one_effect(at):
    a_text()
    customer = a_customer()
    start, found = threading.Barrier(20), []

    def one() -> None:
        try:
            start.wait()
            found.append(tell(customer, at).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 20
    assert len(set(found)) == 1
    assert (Message.objects.count(), Delivery.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_twenty_different_offers_at_once_stay_within_the_limit(at):
    a_text("tests.offer", "marketing")
    customer = a_customer()
    wants_offers(customer, at)
    start = threading.Barrier(20)

    def one(number: int) -> None:
        try:
            start.wait()
            tell(customer, at, kind="tests.offer", key=f"offer:{number}")
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[number]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Message.objects.count() == 1


def test_staff_get_no_sms(at):
    a_text()
    staff = User.objects.create_staff("wang@example.com")
    message = send(kind="tests.note", user=staff, context={}, at=at, dedupe_key="k")
    assert channels_of(message) == ["email"]


def test_a_customer_without_log_in_and_a_closed_log_in_get_nothing(at):
    a_text()
    customer = a_customer()
    customer.user.is_active = False
    assert tell(customer, at) is None
    customer.user = None
    assert tell(customer, at) is None


def test_who_switched_sms_off_still_gets_security_by_sms(at):
    a_text()
    a_text("tests.alarm", "security")
    customer = a_customer()
    Preference.objects.create(user=customer.user, service_sms=False, service_email=False)
    assert channels_of(tell(customer, at)) == []
    assert channels_of(tell(customer, at, kind="tests.alarm", key="a")) == ["sms"]


def test_no_offer_without_consent(at):
    a_text("tests.offer", "marketing")
    assert tell(a_customer(), at, kind="tests.offer") is None
    assert not Message.objects.exists()


def test_a_withdrawn_consent_stops_the_next_offer_and_the_queued_one(at, gateway):
    a_text("tests.offer", "marketing")
    customer = a_customer()
    wants_offers(customer, at)
    Preference.objects.create(user=customer.user, marketing_sms=True)
    queued = tell(customer, at, kind="tests.offer").deliveries.get()
    withdraw_consent(
        customer=customer,
        purpose="marketing",
        actor=Actor.of(customer.user),
        channel="portal",
        at=at,
    )
    assert tell(customer, at + timedelta(days=2), kind="tests.offer", key="next") is None
    ended = deliver(ref=queued.ref, at=at)
    assert ended
    assert (ended.status, ended.reason) == ("suppressed", "withdrawn")
    assert gateway.calls == 0


def test_the_day_s_second_offer_is_not_made_but_the_next_day_s_is(at):
    a_text("tests.offer", "marketing")
    customer = a_customer()
    wants_offers(customer, at)
    day = timedelta(days=1)
    assert tell(customer, at, kind="tests.offer", key="1")
    assert tell(customer, at + day - timedelta(seconds=1), kind="tests.offer", key="2") is None
    assert tell(customer, at + day, kind="tests.offer", key="3")


def test_over_the_limit_a_notice_is_in_the_inbox_and_says_why_no_sms_left(at):
    a_text()
    customer = a_customer()
    statuses = [tell(customer, at, key=f"k:{n}").deliveries.get().status for n in range(9)]
    assert statuses == ["queued"] * 8 + ["suppressed"]
    assert Message.objects.count() == 9
    assert Delivery.objects.get(status="suppressed").reason == "limit"


def test_missing_unknown_and_malformed_values_are_refused_and_nothing_is_written(at):
    a_text(variables={"amount": "money"}, zh="到账 {amount}", en="{amount} arrived")
    customer = a_customer()
    for context in ({}, {"amount": "1", "more": "2"}, {"amount": "much"}, {"amount": "NaN"}):
        with pytest.raises(UnableToRender) as refused:
            tell(customer, at, **context)
        assert "much" not in str(refused.value)
    assert not Message.objects.exists()


def test_an_unknown_kind_is_refused(at):
    with pytest.raises(UnknownKind):
        tell(a_customer(), at, kind="tests.nothing")


def test_a_key_that_could_hold_personal_words_is_refused(at):
    a_text()
    with pytest.raises(ValueError, match="dedupe"):
        tell(a_customer(), at, key="张三")


def test_number_address_and_values_are_unreadable_in_rows_and_jobs(at):
    a_text(variables={"who": "text"}, zh="{who}，你好", en="Hello {who}")
    tell(a_customer(email="li@example.com"), at, who="张三丰")
    tables = ["messaging_message", "messaging_delivery", "procrastinate_jobs", "journal_entry"]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"select coalesce(string_agg(t::text, ' '), '') from {table} t")
            dump = cursor.fetchone()[0]
            for secret in ("张三丰", PHONE, PHONE[3:], "li@example.com"):
                assert secret not in dump, table
            assert json.dumps("张三丰")[1:-1] not in dump, table
        cursor.execute("select count(*) from procrastinate_jobs where args ? 'ref'")
        assert cursor.fetchone()[0] == 2


def test_the_text_follows_the_reader_s_language(at):
    a_text(variables={"amount": "money"}, zh="到账 {amount}", en="{amount} arrived")
    message = tell(a_customer(language="en"), at, amount="1234.5")
    assert message.language == "en"
    assert words_of(message, "en").body == "CNY 1,234.50 arrived"
    assert words_of(message, "zh-hans").body == "到账 1,234.50 元"
