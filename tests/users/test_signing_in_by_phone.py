"""Customers come in with their number and the code from the SMS."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from brokerage.journal.models import Entry
from brokerage.users import codes
from brokerage.users.codes import RecordingSender
from brokerage.users.models import Device, Kind, PhoneCode, User
from tests.users.factories import make_customer_user, make_staff_user

PHONE = "+8613800138000"


def ask(client: Client, typed: str = "138 0013 8000", **more: Any):
    return client.post("/login/", {"phone": typed, **more}, HTTP_ACCEPT_LANGUAGE="en")


def test_the_first_code_signs_up_and_in(client: Client, sms: RecordingSender) -> None:
    assert ask(client).headers["Location"] == "/login/code/"
    sent = sms.sent[-1]
    assert (sent.phone, sent.text_key) == (PHONE, codes.SIGN_UP)
    assert not User.objects.exists()  # nothing is written before the number is proved
    response = client.post("/login/code/", {"code": sent.code})
    assert response.headers["Location"] == "/"
    user = User.objects.get()
    assert (user.kind, user.phone, user.phone_verified) == (Kind.CUSTOMER, PHONE, True)
    assert not user.has_usable_password()
    assert client.session["_auth_user_id"] == str(user.pk)
    assert [entry.kind for entry in Entry.objects.order_by("id")] == [
        "users.signed_up",
        "users.signed_in",
    ]


def test_a_log_in_is_whole_or_not_at_all(
    client: Client, sms: RecordingSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(client)
    client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("brokerage.users.devices.remember", lambda *_given: 1 / 0)
        assert client.post("/login/code/", {"code": sms.sent[-1].code}).status_code == 500
    assert not User.objects.exists()
    assert not Entry.objects.exists()
    assert "_auth_user_id" not in client.session
    with CaptureQueriesContext(connection) as asked:
        client.post("/login/code/", {"code": sms.sent[-1].code})
    assert User.objects.get().phone == PHONE, "the code was not used up"
    told = [each["sql"] for each in asked if "journal_record" in each["sql"]]
    assert len(told) == 1


def test_the_page_for_the_code_comes_in_the_answer_to_the_number(
    client: Client, sms: RecordingSender
) -> None:
    by_script = {"HX-Request": "true", "HX-Boosted": "true"}
    answer = client.post("/login/", {"phone": "138 0013 8000"}, headers=by_script)
    assert answer.headers["HX-Push-Url"] == "/login/code/"
    assert 'id="id_code"' in answer.content.decode()
    too_soon = client.post("/login/", {"phone": "138 0013 8000"}, headers=by_script)
    assert (too_soon.status_code, too_soon.headers["HX-Push-Url"]) == (429, "/login/")
    answer = client.post("/login/code/", {"code": sms.sent[-1].code})
    assert answer.headers["Location"] == "/"


def test_a_known_number_signs_in(client: Client, sms: RecordingSender) -> None:
    user = make_customer_user(PHONE)
    ask(client)
    assert sms.sent[-1].text_key == codes.SIGN_IN
    client.post("/login/code/", {"code": sms.sent[-1].code})
    assert client.session["_auth_user_id"] == str(user.pk)
    assert Device.objects.filter(user=user).count() == 1


def test_the_code_may_be_typed_with_blanks_and_full_width(
    client: Client, sms: RecordingSender
) -> None:
    ask(client)
    code = sms.sent[-1].code
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    response = client.post("/login/code/", {"code": f"{wide[:3]} {wide[3:]}"})
    assert response.status_code == 302


@pytest.mark.parametrize("typed", ["010-65544556", "+852 9123 4567", "12345", ""])
def test_a_refused_number_stays_in_the_field_with_the_reason_beside_it(
    client: Client, sms: RecordingSender, typed: str
) -> None:
    response = ask(client, typed)
    assert response.status_code == 200
    assert response.context["form"].errors["phone"]
    assert f'value="{typed}"' in response.content.decode() or not typed
    assert sms.sent == []


def test_the_number_is_kept_when_one_goes_back(client: Client) -> None:
    ask(client)
    assert 'value="138 0013 8000"' in client.get("/login/").content.decode()


def test_the_fields_help_the_phone_to_fill_them(client: Client) -> None:
    page = client.get("/login/").content.decode()
    assert 'type="tel"' in page
    assert 'autocomplete="tel"' in page
    ask(client)
    page = client.get("/login/code/").content.decode()
    assert 'inputmode="numeric"' in page
    assert 'autocomplete="one-time-code"' in page


def test_the_way_leads_back_to_where_one_wanted_to_go(
    client: Client, sms: RecordingSender
) -> None:
    ask(client, next="/messages/?page=2")
    response = client.post("/login/code/", {"code": sms.sent[-1].code})
    assert response.headers["Location"] == "/messages/?page=2"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "javascript:alert(1)",
        "/\\evil.example",
        "http:///evil.example",
    ],
)
def test_no_way_leads_to_another_site(client: Client, sms: RecordingSender, target: str) -> None:
    ask(client, next=target)
    response = client.post("/login/code/", {"code": sms.sent[-1].code})
    assert response.headers["Location"] == "/"


def test_staff_get_no_code_but_a_hint(client: Client, sms: RecordingSender) -> None:
    staff = make_staff_user()
    staff.set_phone(PHONE)
    staff.save()
    assert ask(client).headers["Location"] == "/login/code/"
    assert (sms.sent[-1].text_key, sms.sent[-1].code) == (codes.STAFF_ENTRY, "")
    assert PhoneCode.objects.get().code_hash == ""
    client.post("/login/code/", {"code": "000000"})
    assert "_auth_user_id" not in client.session


def test_a_switched_off_log_in_gets_no_code(client: Client, sms: RecordingSender) -> None:
    make_customer_user(PHONE, is_active=False)
    assert ask(client).status_code == 302
    assert (sms.sent[-1].text_key, sms.sent[-1].code) == (codes.CLOSED, "")


def test_a_log_in_switched_off_meanwhile_opens_nothing(
    client: Client, sms: RecordingSender
) -> None:
    user = make_customer_user(PHONE)
    ask(client)
    User.objects.filter(pk=user.pk).update(is_active=False)
    response = client.post("/login/code/", {"code": sms.sent[-1].code})
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_neither_number_nor_code_nor_address_stands_in_the_database(
    client: Client, sms: RecordingSender
) -> None:
    from django.contrib.sessions.models import Session
    from django.db import connection

    ask(client)
    code = sms.sent[-1].code
    with connection.cursor() as cursor:
        cursor.execute("select row_to_json(c)::text from users_phonecode c")
        row = cursor.fetchone()[0]
    decoded = str(Session.objects.get().get_decoded())
    for text in (row, decoded):
        assert "13800138000" not in text
        assert "127.0.0.1" not in text
    assert code not in decoded
    assert f'"{code}"' not in row
