"""Inbox, preferences and the outbox of the sandbox."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from brokerage.journal.models import Entry
from brokerage.messaging import home, send
from brokerage.messaging.models import Message, Preference
from brokerage.messaging.selectors import PAGE, newest_unread, page_of, unread_count
from brokerage.messaging.use_cases.send_code import SmsCodeSender
from brokerage.users import codes
from brokerage.users.models import User
from tests.customers.factories import PHONE, a_customer
from tests.messaging.factories import a_text
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    return a_customer()


@pytest.fixture
def signed_in(client, customer):
    sign_in(client, customer.user)
    client.cookies["language"] = "zh-hans"
    return client


def tell(customer, at, number=0, kind="tests.note") -> Any:
    return send(kind=kind, customer=customer, context={}, at=at, dedupe_key=f"{kind}:{number}")


@pytest.mark.parametrize("page", ["messaging:inbox", "messaging:preferences"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_have_one_heading_in_both_languages(signed_in, page, language):
    signed_in.cookies["language"] = language
    answer = signed_in.get(reverse(page))
    assert (answer.status_code, answer.content.count(b"<h1")) == (200, 1)


def test_a_stranger_is_sent_to_sign_in(client):
    assert client.get(reverse("messaging:inbox")).status_code == 302


def test_a_full_inbox_needs_six_queries(signed_in, customer, at, django_assert_max_num_queries):
    a_text()
    for number in range(PAGE + 5):
        tell(customer, at, number)
    with django_assert_max_num_queries(6):
        text = signed_in.get(reverse("messaging:inbox")).content.decode()
    assert text.count("标题") == PAGE
    assert "25 条未读" in text


def test_unread_security_messages_stand_first_and_once(signed_in, customer, at):
    a_text()
    a_text("tests.alarm", "security", zh="警")
    alarm = tell(customer, at, kind="tests.alarm")
    for number in range(3):
        tell(customer, at, number)
    text = signed_in.get(reverse("messaging:inbox")).content.decode()
    refs = re.findall(r'href="/messages/([0-9a-f-]{36})/"', text)
    assert refs[0] == str(alarm.ref)
    assert len(refs) == len(set(refs)) == 4


def test_paging_by_ref_shows_every_message_once(customer, at):
    a_text()
    for number in range(2 * PAGE + 1):
        tell(customer, at, number)
    seen, before = [], None
    for _ in range(3):
        rows, before = page_of(customer.user, before=before)
        seen += [row.pk for row in rows]
    assert before is None
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 2 * PAGE + 1


def test_messages_stand_by_their_instant_whatever_was_kept_first(customer, at):
    a_text()
    instants = [at + timedelta(minutes=n * 37 % 11) for n in range(2 * PAGE + 3)]
    for number, instant in enumerate(instants):
        tell(customer, instant, number)
    seen, before = [], None
    for _ in range(3):
        rows, before = page_of(customer.user, before=before)
        seen += [(row.created_at, row.pk) for row in rows]
    assert before is None
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == len(instants)
    newest = newest_unread(customer.user)
    assert newest is not None
    assert newest.created_at == max(instants)


def test_opening_shows_the_words_and_reading_is_a_post(signed_in, customer, at):
    a_text(zh="<b>正文</b>")
    message = tell(customer, at)
    text = signed_in.get(reverse("messaging:message", args=[message.ref])).content.decode()
    assert "&lt;b&gt;正文" in text
    assert unread_count(customer.user) == 1
    read = reverse("messaging:read", args=[message.ref])
    assert signed_in.get(read).status_code == 405
    assert signed_in.post(read, headers={"hx-request": "true"}).content.decode() == "已读"
    assert unread_count(customer.user) == 0
    assert signed_in.post(read).status_code == 302


def test_a_foreign_message_does_not_exist(client, customer, at):
    a_text()
    message = tell(customer, at)
    sign_in(client, a_customer("+8613800138001").user)
    for ref in (message.ref, uuid4()):
        assert client.get(reverse("messaging:message", args=[ref])).status_code == 404
        assert client.post(reverse("messaging:read", args=[ref])).status_code == 404
    assert unread_count(customer.user) == 1


def test_all_can_be_read_at_once_but_only_one_s_own(signed_in, customer, at):
    a_text()
    other = a_customer("+8613800138001")
    tell(customer, at, 1)
    tell(other, at, 2)
    signed_in.post(reverse("messaging:read_all"))
    assert (unread_count(customer.user), unread_count(other.user)) == (0, 1)


def test_preferences_are_kept_and_journalled_once(signed_in, customer):
    values = {"service_email": "on", "quiet_from": "21:00", "quiet_to": "09:30"}
    for _ in range(2):
        assert signed_in.post(reverse("messaging:preferences"), values).status_code == 302
    kept = Preference.objects.get(user=customer.user)
    assert (kept.service_sms, kept.service_email) == (False, True)
    assert kept.quiet_to.hour == 9
    entry = Entry.objects.get(kind="messaging.preference_changed")
    assert entry.before
    assert entry.before["service_sms"] is True
    assert entry.after
    assert entry.after["quiet_from"] == "21:00:00"
    bad = signed_in.post(reverse("messaging:preferences"), {"quiet_from": "25:00"})
    assert bad.status_code == 200


def test_staff_have_an_inbox_without_offers(client, at):
    a_text()
    staff = User.objects.create_staff("wang@example.com")
    send(kind="tests.note", user=staff, context={}, at=at, dedupe_key="k")
    assert unread_count(staff) == 1


def test_the_outbox_shows_the_code_newest_first_and_no_whole_number(
    client, settings, django_capture_on_commit_callbacks
):
    for code in ("111111", "222222"):
        with django_capture_on_commit_callbacks(execute=True):
            SmsCodeSender().send(
                phone=PHONE,
                text_key=codes.SIGN_IN,
                code=code,
                language="zh-hans",
                purpose="sign_in",
            )
    client.cookies["language"] = "zh-hans"
    text = client.get(reverse("sandbox:outbox")).content.decode()
    assert text.index("222222") < text.index("111111")
    assert "138****8000" in text
    assert PHONE[3:] not in text
    assert "只在演示环境中存在" in text
    part = client.get(reverse("sandbox:outbox"), headers={"hx-request": "true"}).content.decode()
    assert "<html" not in part
    assert "222222" in part
    settings.SANDBOX = False
    assert client.get(reverse("sandbox:outbox")).status_code == 404


def test_reading_before_writing_is_refused_by_the_database(customer, at):
    a_text()
    message = tell(customer, at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(read_at=at - timedelta(seconds=1))


def test_the_home_says_what_is_unread_security_first(customer, at, django_assert_num_queries):
    a_text()
    a_text("tests.alarm", "security", zh="警")
    assert list(home.cards(customer.user, at)) == []
    tell(customer, at, kind="tests.alarm")
    tell(customer, at, 1)
    later = User.objects.get(pk=customer.user.pk)  # as the next request finds them
    with translation.override("zh-hans"), django_assert_num_queries(1):
        (card,) = home.cards(later, at)
    assert (card.title, card.text) == ("2 条未读消息", "标题")
