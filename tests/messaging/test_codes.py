"""Codes leave at once and are kept nowhere but in the sandbox's own sealed rows."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.db import connection, transaction

from brokerage.core.logs import JsonFormatter
from brokerage.messaging.gateways import GatewayUnavailable
from brokerage.messaging.models import Delivery, SandboxOutbox
from brokerage.messaging.use_cases.send_code import SmsCodeSender, close_lost_codes
from brokerage.users import codes
from tests.customers.factories import PHONE

pytestmark = pytest.mark.django_db(transaction=True)
CODE = "493827"


def send_code(phone=PHONE, text_key=codes.SIGN_IN, code=CODE, language="zh-hans"):
    SmsCodeSender().send(
        phone=phone, text_key=text_key, code=code, language=language, purpose="sign_in"
    )
    return Delivery.objects.latest("id")


def test_the_app_has_plugged_its_sender_in():
    assert isinstance(codes.code_sender(), SmsCodeSender)


def test_a_code_is_handed_over_in_the_language_that_was_asked_for(gateway):
    assert send_code(language="en").status == "sent"
    ((address, body),) = gateway.taken.values()
    assert address == PHONE
    assert body.startswith(f"Your sign-in code is {CODE}")


def test_a_notice_needs_no_code(gateway):
    assert send_code(text_key=codes.TAKEN, code="").status == "sent"


def test_neither_code_nor_number_stands_in_any_table():
    send_code()
    with connection.cursor() as cursor:
        cursor.execute("select format('%I', tablename) from pg_tables where schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"select count(*) from {table} t where t::text ~ %s", [CODE])
            assert cursor.fetchone() == (0,), table
            cursor.execute(f"select count(*) from {table} t where t::text ~ %s", [PHONE[3:]])
            assert cursor.fetchone() == (0,), table
    assert CODE in str(SandboxOutbox.objects.get().body)


def test_nothing_leaves_when_the_caller_s_transaction_is_undone(gateway):
    with transaction.atomic():
        send_code()
        transaction.set_rollback(True)
    assert gateway.calls == 0
    assert not Delivery.objects.exists()


def test_a_gateway_that_is_down_is_no_error_of_the_page_and_tells_nothing(gateway, caplog):
    gateway.fault = GatewayUnavailable("down")
    with caplog.at_level(logging.DEBUG):
        delivery = send_code()
    assert (delivery.status, delivery.reason) == ("failed", "unavailable")
    lines = " ".join(JsonFormatter().format(record) for record in caplog.records)
    assert "code not sent" in lines
    assert CODE not in lines
    assert PHONE[3:] not in lines


def test_a_code_whose_process_died_is_closed_when_it_expires(gateway, monkeypatch):
    def killed(*args):
        return None

    monkeypatch.setattr("brokerage.messaging.use_cases.send_code._hand_over", killed)
    delivery = send_code()
    assert delivery.status == "queued"
    assert close_lost_codes(at=delivery.expires_at - timedelta(seconds=1)) == 0
    assert close_lost_codes(at=delivery.expires_at) == 1
    delivery.refresh_from_db()
    assert (delivery.status, delivery.reason) == ("expired", "lost")
