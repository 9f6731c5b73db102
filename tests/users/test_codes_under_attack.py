"""Codes are guessed, replayed, carried to other sessions and asked for in floods."""

from __future__ import annotations

import re
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from brokerage.journal.models import Entry
from brokerage.users.codes import RecordingSender
from brokerage.users.models import PhoneCode, Purpose, User
from brokerage.users.use_cases.send_code import send_code
from brokerage.users.use_cases.sign_in_with_code import Opened, sign_in_with_code
from brokerage.users.use_cases.use_code import Why, WrongCode, use_code
from tests.users.factories import make_customer_user, sign_in

PHONE = "+8613800138000"


def ask(client: Client, phone: str = PHONE, **extra: Any):
    return client.post("/login/", {"phone": phone}, **extra)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def as_opened(opened: Opened) -> Opened:
    """Begins no session."""
    return opened


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_code_works_once(client: Client, sms: RecordingSender) -> None:
    ask(client)
    code = sms.sent[-1].code
    ref = PhoneCode.objects.get().ref
    client.post("/login/code/", {"code": code})
    with pytest.raises(WrongCode) as refused:
        sign_in_with_code(ref=ref, code=code, at=PhoneCode.objects.get().made_at, begin=as_opened)
    assert refused.value.why is Why.OVER


def test_a_code_works_for_five_minutes(client: Client, sms: RecordingSender, now) -> None:
    ask(client)
    now.shift(timedelta(minutes=5))
    client.post("/login/code/", {"code": sms.sent[-1].code})
    assert not signed_in(client)
    now.shift(timedelta(seconds=-1))
    client.post("/login/code/", {"code": sms.sent[-1].code})
    assert signed_in(client)


def test_a_code_works_in_its_own_session_only(sms: RecordingSender) -> None:
    victim, thief = Client(), Client()
    ask(victim)
    ask(thief, REMOTE_ADDR="203.0.113.9")
    thief.post("/login/code/", {"code": sms.sent[0].code})  # read over the shoulder
    assert sms.sent[0].code == sms.sent[1].code or not signed_in(thief)
    assert Client().post("/login/code/", {"code": sms.sent[0].code}).headers["Location"] == (
        "/login/"
    )
    victim.post("/login/code/", {"code": sms.sent[0].code})
    assert signed_in(victim)


def test_the_fifth_wrong_try_ends_a_code_and_is_journalled_once(
    client: Client, sms: RecordingSender
) -> None:
    make_customer_user(PHONE)
    ask(client)
    code = sms.sent[-1].code
    for _ in range(7):
        client.post("/login/code/", {"code": wrong(code)})
    client.post("/login/code/", {"code": code})
    assert not signed_in(client)
    assert PhoneCode.objects.get().tries == 5
    assert Entry.objects.filter(kind="users.sign_in_blocked").count() == 1


def test_guesses_against_a_strangers_code_cost_the_owner_nothing(sms: RecordingSender) -> None:
    owner, stranger = Client(), Client()
    ask(owner)
    ask(stranger, REMOTE_ADDR="203.0.113.9")
    for _ in range(6):
        stranger.post("/login/code/", {"code": wrong(sms.sent[1].code)})
    owner.post("/login/code/", {"code": sms.sent[0].code})
    assert signed_in(owner)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "      ", "１２３４５"])
def test_what_is_no_code_costs_no_try(client: Client, typed: str) -> None:
    ask(client)
    assert client.post("/login/code/", {"code": typed}).status_code == 200
    assert PhoneCode.objects.get().tries == 0


def test_a_code_is_worth_nothing_for_another_purpose_or_person(
    at: datetime, sms: RecordingSender
) -> None:
    user, other = make_customer_user(PHONE), make_customer_user()
    code = send_code(phone=PHONE, purpose=Purpose.STEP_UP, at=at, user=user)
    digits = sms.sent[-1].code
    for purpose, whose in (
        (Purpose.SIGN_IN, None),
        (Purpose.NEW_PHONE, user),
        (Purpose.STEP_UP, other),
        (Purpose.STEP_UP, None),
    ):
        with pytest.raises(WrongCode):
            use_code(
                ref=code.ref, purpose=purpose, code=digits, at=at, user=whose, then=lambda row: 1
            )
    assert (
        use_code(
            ref=code.ref,
            purpose=Purpose.STEP_UP,
            code=digits,
            at=at,
            user=user,
            then=lambda row: "open",
        )
        == "open"
    )


def plain(page: bytes) -> str:
    """The page without its tokens."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page.decode())
    return re.sub(r'nonce="[^"]+"', "", text)


def test_known_and_unknown_numbers_get_equal_pages(sms: RecordingSender) -> None:
    make_customer_user("+8613800138001")
    make_customer_user("+8613800138002", is_active=False)
    seen = []
    for last in "0123":
        client = Client()
        typed = f"1380013800{last}"
        answers = [ask(client, typed), client.get("/login/code/")]
        answers.append(client.post("/login/code/", {"code": "12345"}))
        wrong_code = wrong(sms.sent[-1].code or "000000")
        answers.append(client.post("/login/code/", {"code": wrong_code}))
        answers.append(client.post("/login/code/resend/"))
        shown = [
            (each.status_code, each.headers.get("Location"), plain(each.content))
            for each in answers
        ]
        seen.append(str(shown).replace(f"138 0013 800{last}", "").replace(wrong_code, ""))
    assert seen[0] == seen[1] == seen[2] == seen[3]


def test_known_and_unknown_numbers_cost_the_same_queries(
    django_assert_num_queries, at: datetime
) -> None:
    from django.test.utils import CaptureQueriesContext

    make_customer_user("+8613800138001")
    counts = []
    for phone in ("+8613800138000", "+8613800138001"):
        with CaptureQueriesContext(connection) as captured:
            send_code(phone=phone, purpose=Purpose.SIGN_IN, at=at, address="203.0.113.9")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_asking_too_soon_is_answered_with_the_time_and_keeps_the_number(client: Client) -> None:
    ask(client)
    response = client.post("/login/", {"phone": "138 0013 8000"}, HTTP_ACCEPT_LANGUAGE="en")
    assert response.status_code == 429
    assert "10:01:00" in response.content.decode()
    assert 'value="138 0013 8000"' in response.content.decode()
    again = client.post("/login/code/resend/")
    assert again.status_code == 429
    assert "10:01:00" in again.content.decode()
    assert (response.headers["Retry-After"], again.headers["Retry-After"]) == ("60", "60")


def test_a_full_day_says_how_long_it_lasts(client: Client, now) -> None:
    for _number in range(4):
        ask(client)
        now.shift(timedelta(hours=1))
    response = ask(client)
    assert response.status_code == 429
    assert response.headers["Retry-After"] == str(20 * 3600)


def test_too_many_reset_links_say_when_to_come_back(client: Client) -> None:
    def reset() -> Any:
        return client.post("/staff/password/reset/", {"email": "nobody@example.com"})

    assert [reset().status_code for _number in range(3)] == [302, 302, 302]
    refused = reset()
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "600")


def test_forwarded_headers_do_not_make_another_address(sms: RecordingSender, now) -> None:
    for count in range(4):
        ask(Client(), HTTP_X_FORWARDED_FOR=f"203.0.113.{count}")
        now.shift(timedelta(minutes=1))
    response = ask(Client(), HTTP_X_FORWARDED_FOR="203.0.113.99")
    assert response.status_code == 429
    assert len(sms.sent) == 4


def test_one_network_of_ipv6_is_one_address_however_it_is_written(
    sms: RecordingSender, now
) -> None:
    for count in range(4):
        ask(Client(), REMOTE_ADDR=f"2001:db8::{count + 1}:2:3:4")
        now.shift(timedelta(minutes=1))
    assert ask(Client(), REMOTE_ADDR="2001:db8:0:0:ffff::9").status_code == 429
    assert ask(Client(), REMOTE_ADDR="2001:db8:0:1::9").status_code == 302


def test_a_session_key_is_new_after_signing_in(client: Client, sms: RecordingSender) -> None:
    ask(client)
    before = client.session.session_key
    client.post("/login/code/", {"code": sms.sent[-1].code})
    assert client.session.session_key != before
    fixed = Client()
    fixed.cookies["sessionid"] = str(before)
    assert not fixed.session.get("_auth_user_id")


@pytest.mark.parametrize("path", ["/login/", "/login/code/", "/login/code/resend/", "/logout/"])
def test_a_post_without_its_token_is_refused(path: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path, {"phone": "13800138000", "code": "123456"}).status_code == 403


def test_signing_out_needs_a_post_and_ends_the_session(client: Client) -> None:
    sign_in(client, make_customer_user())
    key = client.session.session_key
    assert client.get("/logout/").status_code == 200
    assert signed_in(client)
    client.post("/logout/")
    stale = Client()
    stale.cookies["sessionid"] = str(key)
    assert stale.get("/account/security/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_share_one_count(at: datetime, sms: RecordingSender) -> None:
    code = send_code(phone=PHONE, purpose=Purpose.SIGN_IN, at=at)
    guess = wrong(sms.sent[-1].code)
    barrier = threading.Barrier(8)
    whys: list[Why] = []

    def try_it() -> None:
        barrier.wait()
        try:
            sign_in_with_code(ref=code.ref, code=guess, at=at, begin=as_opened)
        except WrongCode as error:
            whys.append(error.why)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (whys.count(Why.WRONG), whys.count(Why.OVER)) == (4, 4)
    code.refresh_from_db()
    assert code.tries == 5


@pytest.mark.django_db(transaction=True)
def test_two_people_proving_one_number_at_once_become_one_log_in(
    at: datetime, sms: RecordingSender
) -> None:
    codes = [
        send_code(phone=PHONE, purpose=Purpose.SIGN_IN, at=at, address=address)
        for address in ("203.0.113.1", "203.0.113.2")
    ]
    barrier = threading.Barrier(2)
    users: list[User] = []

    def prove(index: int) -> None:
        barrier.wait()
        try:
            opened = sign_in_with_code(
                ref=codes[index].ref, code=sms.sent[index].code, at=at, begin=as_opened
            )
            users.append(opened.user)
        finally:
            connection.close()

    threads = [threading.Thread(target=prove, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(users) == 2
    assert users[0].pk == users[1].pk
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_requests_at_once_send_one_code(at: datetime, sms: RecordingSender) -> None:
    barrier = threading.Barrier(20)

    def request() -> None:
        barrier.wait()
        try:
            send_code(phone=PHONE, purpose=Purpose.SIGN_IN, at=at, address="203.0.113.1")
        except Exception:  # refused: counted below
            return
        finally:
            connection.close()

    threads = [threading.Thread(target=request) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert PhoneCode.objects.count() == len(sms.sent) == 1
