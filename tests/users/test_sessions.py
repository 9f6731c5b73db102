"""Sessions end in time, can be listed and ended, and new devices are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from brokerage.journal.models import Entry
from brokerage.users.codes import RecordingSender
from brokerage.users.devices import browser_of
from brokerage.users.models import Device, User
from tests.users.factories import make_customer_user, make_staff_user, sign_in

PHONE = "+8613800138000"
PAGE = "/account/security/"


def come_in(client: Client, sms: RecordingSender, phone: str = PHONE, **extra: Any) -> Client:
    client.post("/login/", {"phone": phone}, **extra)
    client.post("/login/code/", {"code": sms.sent[-1].code}, **extra)
    assert "_auth_user_id" in client.session
    return client


def kinds() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("make", "idle", "absolute", "entry"),
    [
        (make_customer_user, 30, 24 * 60, "/login/"),
        (make_staff_user, 15, 10 * 60, "/staff/login/"),
    ],
)
def test_a_session_ends_at_its_limits(
    client: Client, now, make, idle: int, absolute: int, entry: str
) -> None:
    sign_in(client, make())
    now.shift(timedelta(minutes=idle) - timedelta(seconds=1))
    assert client.get(PAGE).status_code == 200
    now.shift(timedelta(minutes=idle))
    assert client.get(PAGE).headers["Location"] == f"{entry}?next={PAGE}"
    assert client.get(PAGE).status_code == 302  # and stays ended

    sign_in(client, make())
    for _ in range(absolute // 10 - 1):
        now.shift(timedelta(minutes=10))
        assert client.get(PAGE).status_code == 200
    now.shift(timedelta(minutes=10) - timedelta(seconds=1))
    assert client.get(PAGE).status_code == 200
    now.shift(timedelta(seconds=1))
    assert client.get(PAGE).headers["Location"].startswith(entry)


def test_a_session_without_stamps_is_over(client: Client) -> None:
    client.force_login(make_customer_user())
    assert client.get(PAGE).status_code == 302


def test_use_is_written_at_most_twice_a_minute(
    client: Client, now, django_assert_num_queries
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    sign_in(client, make_customer_user())

    def writes() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(PAGE)
        return sum(query["sql"].startswith(("UPDATE", "INSERT")) for query in captured)

    now.shift(timedelta(seconds=29))
    assert writes() == 0
    now.shift(timedelta(seconds=1))
    assert writes() > 0


def test_what_was_sent_after_the_end_is_offered_again_to_its_owner_only(
    client: Client, sms: RecordingSender, now
) -> None:
    come_in(client, sms)
    now.shift(timedelta(minutes=31))
    lost = client.post(
        "/account/sessions/end/?x=1", {"session": "abc", "note": "地址 <b>一号</b>", "code": "1"}
    )
    assert lost.headers["Location"] == "/login/?next=/account/continue/"
    client.post("/login/", {"phone": PHONE, "next": "/account/continue/"})
    back = client.post("/login/code/", {"code": sms.sent[-1].code})
    assert back.headers["Location"] == "/account/continue/"
    page = client.get("/account/continue/").content.decode()
    assert 'action="/account/sessions/end/?x=1"' in page
    assert 'name="session" value="abc"' in page
    assert "地址 &lt;b&gt;一号" in page
    assert 'name="code"' not in page  # secrets are not kept


def test_what_was_parked_is_closed_to_the_next_person_at_the_browser(
    client: Client, sms: RecordingSender, now
) -> None:
    come_in(client, sms)
    now.shift(timedelta(minutes=31))
    client.post("/account/sessions/end/", {"session": "secret of the first"})
    come_in(client, sms, "+8613900139000")
    response = client.get("/account/continue/", follow=True)
    assert "secret of the first" not in response.content.decode()


def test_a_forged_post_does_not_end_the_session() -> None:
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, make_customer_user())
    assert strict.post("/account/sessions/end/").status_code == 403
    assert strict.get(PAGE).status_code == 200


def test_the_list_shows_devices_without_addresses(sms: RecordingSender, now) -> None:
    phone = Client(headers={"user-agent": "Mozilla/5.0 (iPhone; CPU OS 18) Version/18 Safari/604"})
    come_in(phone, sms, REMOTE_ADDR="198.51.100.23")
    now.shift(timedelta(minutes=2))
    desk = come_in(Client(), sms)
    page = desk.get("/account/sessions/").content.decode()
    assert "Safari · iPhone" in page
    assert "198.51.100.0/24" in page
    assert "198.51.100.23" not in page
    assert str(phone.session.session_key) not in page


def test_one_session_can_be_ended_from_another(sms: RecordingSender, now) -> None:
    first = come_in(Client(), sms)
    now.shift(timedelta(minutes=2))
    second = come_in(Client(), sms)
    others = list(second.get("/account/sessions/").context["sessions"])
    assert [each.current for each in others] == [True, False]
    second.post("/account/sessions/end/", {"session": others[1].name})
    assert first.get(PAGE).status_code == 302
    assert second.get(PAGE).status_code == 200
    assert kinds()[-1] == "users.session_ended"


def test_somebody_elses_session_cannot_be_ended(sms: RecordingSender) -> None:
    theirs = come_in(Client(), sms)
    name = theirs.get("/account/sessions/").context["sessions"][0].name
    mine = come_in(Client(), sms, "+8613900139000")
    mine.post("/account/sessions/end/", {"session": name})
    assert theirs.get(PAGE).status_code == 200


def test_signing_out_everywhere_ends_sessions_that_no_list_knows(
    sms: RecordingSender, now
) -> None:
    user = make_customer_user(PHONE)
    unlisted = sign_in(Client(), user)
    UserSession.objects.all().delete()
    mine = sign_in(Client(), user, stepped_up=True)
    assert mine.get("/account/sessions/end-all/").status_code == 200
    mine.post("/account/sessions/end-all/")
    for client in (mine, unlisted):
        assert client.get(PAGE).status_code == 302
    assert kinds() == ["users.signed_out_everywhere"]


def test_a_new_device_is_told_a_known_one_is_not(sms: RecordingSender, now) -> None:
    first = come_in(Client(), sms)
    assert "users.new_device_seen" not in kinds()  # the first device is nobody's surprise
    first.post("/logout/")
    now.shift(timedelta(minutes=2))
    come_in(first, sms)
    assert "users.new_device_seen" not in kinds()
    now.shift(timedelta(minutes=2))
    come_in(Client(), sms)
    entry = Entry.objects.get(kind="users.new_device_seen")
    assert entry.payload["device"] == str(Device.objects.latest("first_seen_at").ref)


def test_a_forged_device_cookie_is_no_device(sms: RecordingSender, now) -> None:
    known = come_in(Client(), sms)
    value = known.cookies["device"].value
    forged = Client()
    forged.cookies["device"] = value[:-2] + ("AA" if not value.endswith("AA") else "BB")
    now.shift(timedelta(minutes=2))
    come_in(forged, sms)
    assert Device.objects.count() == 2


def test_the_device_cookie_is_not_for_scripts(client: Client, sms: RecordingSender) -> None:
    come_in(client, sms)
    cookie = client.cookies["device"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert PHONE[3:] not in cookie.value


def test_anonymous_pages_touch_no_session(client: Client) -> None:
    response = client.get("/")
    assert "Cookie" not in response.headers.get("Vary", "") or not response.cookies
    assert "sessionid" not in response.cookies


def test_a_deactivated_customer_is_out_at_once(client: Client) -> None:
    user = sign_in_customer(client)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(PAGE).status_code == 302


def sign_in_customer(client: Client) -> User:
    user = make_customer_user()
    sign_in(client, user)
    assert client.get(PAGE).status_code == 200
    return user


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile MicroMessenger/8.0",
            "MicroMessenger · Android",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120", "Edge · Windows"),
        (
            "Mozilla/5.0 (Phone; OpenHarmony 5.0) HuaweiBrowser/16 Chrome/114",
            "Huawei Browser · HarmonyOS",
        ),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_browsers_are_named_by_family(agent: str, name: str) -> None:
    assert browser_of(agent) == name
