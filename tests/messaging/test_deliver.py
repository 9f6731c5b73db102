"""A delivery leaves once, whatever happens around it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from brokerage.messaging import send
from brokerage.messaging.gateways import GatewayRefused, GatewayUnavailable, Report
from brokerage.messaging.models import Delivery, Message
from brokerage.messaging.use_cases import deliver as module
from brokerage.messaging.use_cases.deliver import CLAIM, overdue
from brokerage.messaging.use_cases.take_reports import take_reports
from tests.customers.factories import PHONE, a_customer
from tests.messaging.factories import a_text

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
NIGHT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # 23:00 in Shanghai


def deliver(*, ref, at) -> Any:
    """One try, whatever comes of it."""
    return module.deliver(ref=ref, at=at)


def a_delivery(at, purpose="service") -> Any:
    a_text(purpose=purpose)
    message = send(kind="tests.note", customer=a_customer(), context={}, at=at, dedupe_key="k")
    assert message
    return message.deliveries.get()


def test_a_delivery_is_sent_and_then_reported(at, gateway):
    delivery = deliver(ref=a_delivery(at).ref, at=at)
    assert (delivery.status, delivery.sent_at) == ("sent", at)
    assert list(gateway.taken.values()) == [(PHONE, "正文")]
    gateway.waiting = [Report(delivery.gateway_id, delivered=True)] * 2
    assert take_reports(at=at + SECOND) == 1
    delivery.refresh_from_db()
    assert (delivery.status, delivery.ended_at) == ("delivered", at + SECOND)


def test_late_contrary_and_unknown_reports_change_nothing(at, gateway):
    delivery = deliver(ref=a_delivery(at).ref, at=at)
    gateway.waiting = [Report(delivery.gateway_id, delivered=False, reason="unreachable")]
    take_reports(at=at)
    gateway.waiting = [Report(delivery.gateway_id, delivered=True), Report("unknown", True)]
    assert take_reports(at=at + SECOND) == 0
    delivery.refresh_from_db()
    assert (delivery.status, delivery.reason) == ("failed", "unreachable")


def test_sending_again_does_nothing(at, gateway):
    ref = a_delivery(at).ref
    deliver(ref=ref, at=at)
    assert deliver(ref=ref, at=at + timedelta(hours=1)) is None
    assert gateway.calls == 1


def test_a_notice_of_the_night_waits_for_the_morning_and_security_does_not(gateway):
    delivery = a_delivery(NIGHT)
    assert delivery.due_at == datetime(2026, 3, 3, 0, 0, tzinfo=UTC)
    assert deliver(ref=delivery.ref, at=delivery.due_at - SECOND) is None
    assert deliver(ref=delivery.ref, at=delivery.due_at).status == "sent"


def test_security_of_the_night_leaves_at_once(gateway):
    delivery = a_delivery(NIGHT, purpose="security")
    assert deliver(ref=delivery.ref, at=NIGHT).status == "sent"


def test_a_worker_killed_after_the_gateway_s_answer_leads_to_one_sms(at, gateway, monkeypatch):
    delivery = a_delivery(at)

    def killed(*args, **kwargs):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(module, "mark_sent", killed)
        with pytest.raises(SystemExit):
            deliver(ref=delivery.ref, at=at)
    assert deliver(ref=delivery.ref, at=at + CLAIM - SECOND) is None
    assert overdue(at + CLAIM) == [delivery]
    assert deliver(ref=delivery.ref, at=at + CLAIM).status == "sent"
    assert gateway.calls == 2
    assert list(gateway.taken) == [delivery.ref]


@pytest.mark.django_db(transaction=True)
def test_of_twenty_workers_at_once_one_calls_the_gateway(at, gateway):
    ref = a_delivery(at).ref
    start, found = threading.Barrier(20), []

    def work() -> None:
        try:
            start.wait()
            found.append(deliver(ref=ref, at=at))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert gateway.calls == 1
    assert sum(result is not None for result in found) == 1


def test_a_gateway_that_is_down_is_asked_again_with_pauses_of_at_most_four_minutes(at, gateway):
    delivery = a_delivery(at)
    gateway.fault = GatewayUnavailable("down")
    pauses, now = [], at
    for _ in range(7):
        delivery = deliver(ref=delivery.ref, at=now)
        assert delivery.status == "queued"
        pauses.append((delivery.due_at - now).total_seconds())
        now = delivery.due_at
    assert pauses == [5, 15, 60, 120, 240, 240, 240]
    gateway.fault = None
    assert deliver(ref=delivery.ref, at=now).status == "sent"


def test_what_could_not_be_sent_in_time_expires_unsent(at, gateway):
    delivery = a_delivery(at)
    ended = deliver(ref=delivery.ref, at=delivery.expires_at)
    assert (ended.status, gateway.calls) == ("expired", 0)


def test_a_refused_number_fails_once_and_for_good(at, gateway):
    gateway.fault = GatewayRefused("blocked")
    ended = deliver(ref=a_delivery(at).ref, at=at)
    assert (ended.status, ended.reason) == ("failed", "blocked")


def test_a_log_in_closed_meanwhile_is_told_nothing(at, gateway):
    delivery = a_delivery(at)
    user = Message.objects.get().user
    user.is_active = False
    user.save()
    assert deliver(ref=delivery.ref, at=at).status == "suppressed"
    assert gateway.calls == 0


def test_the_database_refuses_a_sent_delivery_without_its_instant(at):
    delivery = a_delivery(at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(status="sent")


def test_the_catch_up_queues_each_lost_delivery_once(at):
    delivery = a_delivery(at)
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")
        for _ in range(3):
            for lost in overdue(at + CLAIM):
                module.schedule_delivery(lost)
        cursor.execute("select count(*), min(args->>'ref') from procrastinate_jobs")
        assert cursor.fetchone() == (1, str(delivery.ref))
