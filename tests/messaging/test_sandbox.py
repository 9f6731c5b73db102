"""The played gateway: scenarios by the last digits, the same key once, nothing in production."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from brokerage.messaging.checks import check_gateways
from brokerage.messaging.gateways import GatewayRefused, GatewayUnavailable, gateway_for
from brokerage.messaging.gateways.email import EmailGateway
from brokerage.messaging.gateways.sandbox import SandboxGateway, SandboxRefused
from brokerage.messaging.gateways.sms import SmsGateway
from brokerage.messaging.models import SandboxOutbox

KEY = uuid.UUID(int=7)


def say(phone, at, *, key=KEY, sleep=None):
    gateway = SandboxGateway("sms", sleep=sleep or (lambda seconds: None))
    return gateway.send(address=phone, title="", body="words", key=key, at=at)


def reports(at, after=""):
    return SandboxGateway("sms").reports(after=after, at=at)


@pytest.mark.django_db
def test_the_same_key_has_one_effect_and_one_number(at):
    assert say("+8613800138000", at) == say("+8613800138000", at)
    assert SandboxOutbox.objects.count() == 1


@pytest.mark.django_db
def test_scenarios_follow_the_last_digits(at):
    slept: list[float] = []
    say("+8613800139902", at, sleep=slept.append)
    assert slept == [2.0]
    with pytest.raises(GatewayRefused):
        say("+8613800139903", at)
    with pytest.raises(GatewayUnavailable):
        say("+8613800139904", at)


@pytest.mark.django_db
def test_reports_come_once_in_order_late_ones_late(at):
    first = say("+8613800138000", at, key=uuid.UUID(int=1))
    late = say("+8613800139906", at, key=uuid.UUID(int=2))
    failed = say("+8613800139907", at, key=uuid.UUID(int=3))
    twice = say("+8613800139905", at, key=uuid.UUID(int=4))
    found, cursor = reports(at)
    assert [(one.gateway_id, one.delivered) for one in found] == [
        (first, True),
        (failed, False),
        (twice, True),
        (twice, True),
    ]
    assert reports(at, cursor) == ([], cursor)
    found, _ = reports(at + timedelta(minutes=10), cursor)
    assert [one.gateway_id for one in found] == [late]


def test_production_has_real_gateways_and_refuses_the_played_one(settings):
    settings.SANDBOX = False
    settings.SMS_URL, settings.SMS_TOKEN = "https://sms.example.com/v1", "t"
    assert isinstance(gateway_for("sms"), SmsGateway)
    assert gateway_for("sms") is gateway_for("sms")
    assert isinstance(gateway_for("email"), EmailGateway)
    with pytest.raises(SandboxRefused):
        SandboxGateway("sms")


def test_the_start_is_refused_with_a_sandbox_or_without_gateways(settings):
    def ids():
        return [error.id for error in check_gateways(None)]

    assert ids() == []
    settings.SECURE_SSL_REDIRECT = True
    assert ids() == ["messaging.E001"]
    settings.SANDBOX = False
    settings.SMS_URL = "http://sms.example.com"
    assert ids() == ["messaging.E002", "messaging.E003"]
    settings.SMS_URL = "https://sms.example.com"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert ids() == []


def test_e_mail_carries_the_key_and_a_dead_server_may_be_asked_again(settings, mailoutbox, at):
    gateway = EmailGateway()
    number = gateway.send(address="li@example.com", title="T", body="B", key=KEY, at=at)
    assert str(KEY) in number
    assert mailoutbox[0].extra_headers["Message-ID"] == number
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(GatewayUnavailable):
        gateway.send(address="li@example.com", title="T", body="B", key=KEY, at=at)
