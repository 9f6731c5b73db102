"""Sensitive acts ask again; a number is changed with both numbers proved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from brokerage.journal.models import Entry
from brokerage.users import codes
from brokerage.users.codes import RecordingSender
from brokerage.users.models import PastPhone, User
from tests.users.factories import PASSWORD, make_customer_user, make_staff_user, sign_in

OLD, NEW = "+8613800138000", "+8613900139000"
ALL = "/account/sessions/end-all/"


@pytest.fixture
def customer(client: Client) -> User:
    user = make_customer_user(OLD)
    sign_in(client, user)
    return user


def step_up(client: Client, sms: RecordingSender, target: str = "/account/phone/") -> None:
    client.post("/account/confirm/", {"next": target})
    response = client.post("/account/confirm/", {"code": sms.sent[-1].code})
    assert response.headers["Location"] == target


def test_a_sensitive_page_asks_again_and_leads_back(
    client: Client, customer: User, sms: RecordingSender
) -> None:
    assert (
        client.get(ALL).headers["Location"] == f"/account/confirm/?next={ALL.replace('/', '%2F')}"
    )
    page = client.get(f"/account/confirm/?next={ALL}")
    assert f'value="{ALL}"' in page.content.decode()
    key = client.session.session_key
    step_up(client, sms, ALL)
    assert sms.sent[-1][:2] == (OLD, codes.STEP_UP)
    assert client.session.session_key != key
    assert client.get(ALL).status_code == 200
    assert Entry.objects.get(kind="users.stepped_up").payload["method"] == "code"


def test_a_step_up_holds_for_five_minutes(
    client: Client, customer: User, sms: RecordingSender, now
) -> None:
    step_up(client, sms, ALL)
    now.shift(timedelta(minutes=5) - timedelta(seconds=1))
    assert client.get(ALL).status_code == 200
    now.shift(timedelta(seconds=1))
    assert client.get(ALL).status_code == 302
    assert client.post(ALL).status_code == 302
    assert "_auth_user_id" in client.session


def test_a_wrong_code_is_no_step_up(client: Client, customer: User, sms: RecordingSender) -> None:
    client.post("/account/confirm/", {"next": ALL})
    wrong = f"{(int(sms.sent[-1].code) + 1) % 1_000_000:06d}"
    assert client.post("/account/confirm/", {"code": wrong}).status_code == 200
    assert client.get(ALL).status_code == 302


def test_a_step_up_never_leads_to_another_site(
    client: Client, customer: User, sms: RecordingSender
) -> None:
    client.post("/account/confirm/", {"next": "https://evil.example/"})
    response = client.post("/account/confirm/", {"code": sms.sent[-1].code})
    assert response.headers["Location"] == "/account/security/"


def test_what_was_sent_before_the_step_up_is_offered_again(
    client: Client, customer: User, sms: RecordingSender
) -> None:
    response = client.post("/account/phone/", {"phone": "139 0013 9000"})
    assert "continue" in response.headers["Location"]
    step_up(client, sms, "/account/continue/")
    assert 'value="139 0013 9000"' in client.get("/account/continue/").content.decode()


def test_staff_step_up_with_their_password(client: Client) -> None:
    sign_in(client, make_staff_user())
    response = client.get(ALL, follow=True)
    assert response.redirect_chain[-1][0].startswith("/account/password/confirm/?next=")
    response = client.post("/account/password/confirm/", {"password": PASSWORD, "next": ALL})
    assert response.headers["Location"] == ALL
    assert client.get(ALL).status_code == 200
    assert Entry.objects.get(kind="users.stepped_up").payload["method"] == "password"


def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    assert client.get(ALL).headers["Location"].startswith("/login/")
    assert client.get("/account/confirm/").headers["Location"].startswith("/login/")


# --- the number -----------------------------------------------------------------------------


def change(client: Client, sms: RecordingSender, typed: str = "139 0013 9000") -> Any:
    step_up(client, sms)
    client.post("/account/phone/", {"phone": typed})
    return client.post("/account/phone/code/", {"code": sms.sent[-1].code or "000000"})


def test_both_numbers_proved_change_the_number(
    client: Client, customer: User, sms: RecordingSender, now
) -> None:
    other = sign_in(Client(), customer)
    assert change(client, sms).headers["Location"] == "/account/security/"
    assert [sent.phone for sent in sms.sent] == [OLD, NEW]
    customer.refresh_from_db()
    assert customer.phone == NEW
    entry = Entry.objects.get(kind="users.phone_changed")
    past = PastPhone.objects.get(ref=entry.payload["past_phone"])
    assert past.phone == OLD
    kept = str([entry.payload, entry.before, entry.after])
    # the number, whole or masked; three digits stand in many a ref by chance
    assert OLD.removeprefix("+86") not in kept
    assert "138*" not in kept
    assert client.get("/account/security/").status_code == 200  # this session goes on
    assert len(client.get("/account/sessions/").context["sessions"]) == 1
    assert other.get("/account/security/").status_code == 302  # others do not


def test_without_the_old_number_nothing_changes(
    client: Client, customer: User, sms: RecordingSender
) -> None:
    assert client.post("/account/phone/", {"phone": NEW}).status_code == 302
    assert client.post("/account/phone/code/", {"code": "123456"}).status_code == 302
    assert sms.sent == []
    page = client.get("/account/confirm/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "outlet" in page  # and it says what to do


def test_a_lapsed_step_up_stops_the_change_until_renewed(
    client: Client, customer: User, sms: RecordingSender, now
) -> None:
    step_up(client, sms)
    now.shift(timedelta(minutes=2))
    client.post("/account/phone/", {"phone": NEW})
    new_code = sms.sent[-1].code
    now.shift(timedelta(minutes=4))
    assert client.post("/account/phone/code/", {"code": new_code}).status_code == 302
    customer.refresh_from_db()
    assert customer.phone == OLD
    step_up(client, sms, "/account/phone/code/")
    client.post("/account/phone/code/", {"code": new_code})
    customer.refresh_from_db()
    assert customer.phone == NEW


def test_a_taken_number_gets_the_same_pages_and_a_notice(
    client: Client, customer: User, sms: RecordingSender
) -> None:
    make_customer_user(NEW)
    step_up(client, sms)
    response = client.post("/account/phone/", {"phone": NEW})
    assert response.headers["Location"] == "/account/phone/code/"
    assert (sms.sent[-1].text_key, sms.sent[-1].code) == (codes.TAKEN, "")
    client.post("/account/phone/code/", {"code": "000000"})
    customer.refresh_from_db()
    assert customer.phone == OLD


def test_a_number_taken_meanwhile_is_refused_and_nothing_half_done(
    client: Client, customer: User, sms: RecordingSender
) -> None:
    step_up(client, sms)
    client.post("/account/phone/", {"phone": NEW})
    make_customer_user(NEW)
    assert client.post("/account/phone/code/", {"code": sms.sent[-1].code}).status_code == 200
    customer.refresh_from_db()
    assert customer.phone == OLD
    assert not PastPhone.objects.exists()
    assert client.get("/account/security/").status_code == 200


def test_the_present_number_is_refused_with_the_reason(
    client: Client, customer: User, sms: RecordingSender
) -> None:
    step_up(client, sms)
    response = client.post("/account/phone/", {"phone": OLD})
    assert response.context["form"].errors["phone"]


def test_the_old_number_signs_up_afresh_after_the_change(
    client: Client, customer: User, sms: RecordingSender, now
) -> None:
    change(client, sms)
    now.shift(timedelta(minutes=2))
    Client().post("/login/", {"phone": OLD})
    assert sms.sent[-1].text_key == codes.SIGN_UP


def test_staff_have_no_number_to_change(client: Client) -> None:
    sign_in(client, make_staff_user(), stepped_up=True)
    assert client.get("/account/phone/").status_code == 404
