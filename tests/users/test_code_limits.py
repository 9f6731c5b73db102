"""How many codes go out, and that strangers cannot use up the owner's."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from brokerage.users import limits
from brokerage.users.limits import Asker, Limit, Load, Past, refusal
from brokerage.users.models import Device, PhoneCode, Purpose
from brokerage.users.use_cases.lift_code_limit import lift_code_limit
from brokerage.users.use_cases.send_code import CodeRefused, send_code
from tests.users.factories import make_customer_user, make_staff_user

PHONE = "+8613800138000"
MINUTE = timedelta(minutes=1)
STRANGER, OWNER = "203.0.113.5", "198.51.100.7"


def send(at: datetime, address: str = STRANGER, cookie: str = "", phone: str = PHONE) -> PhoneCode:
    return send_code(
        phone=phone, purpose=Purpose.SIGN_IN, at=at, address=address, cookie_hash=cookie
    )


def refused(at: datetime, *args: str) -> CodeRefused:
    with pytest.raises(CodeRefused) as caught:
        send(at, *args)
    return caught.value


def flood(at: datetime) -> datetime:
    """A stranger with as many addresses as they like takes whatever they can get."""
    for number in range(30):
        at += MINUTE
        try:
            send(at, f"203.0.113.{number}")
        except CodeRefused:
            continue
    return at


def test_another_code_comes_after_sixty_seconds(at: datetime) -> None:
    send(at)
    too_early = refused(at + timedelta(seconds=59))
    assert (too_early.limit, too_early.again_at) == (Limit.PAUSE, at + MINUTE)
    send(at + MINUTE)


def test_one_address_gets_four_codes_a_day_for_a_number(at: datetime) -> None:
    for count in range(4):
        send(at + count * MINUTE)
    full = refused(at + 5 * MINUTE)
    assert (full.limit, full.again_at) == (Limit.NUMBER, at + timedelta(days=1))
    send(at + timedelta(days=1))


def test_the_owner_elsewhere_still_gets_codes_after_a_stranger_took_theirs(at: datetime) -> None:
    for count in range(4):
        send(at + count * MINUTE, STRANGER)
    for count in range(3):
        send(at + (5 + count) * MINUTE, OWNER)


def test_a_stranger_with_many_addresses_cannot_shut_out_a_known_device(at: datetime) -> None:
    user = make_customer_user(PHONE)
    Device.objects.create(user=user, cookie_hash="known", first_seen_at=at, last_seen_at=at)
    for day in range(3):  # and it may go on for as long as it likes
        start = at + timedelta(days=day)
        late = flood(start)
        assert PhoneCode.objects.since(start).filter(known_device=False).count() <= 7
        for count in range(3):
            assert send(late + count * MINUTE, OWNER, "known").known_device
        assert refused(late + 4 * MINUTE, OWNER, "known").limit is Limit.NUMBER


def test_ten_codes_a_day_is_the_most_whoever_asks(at: datetime) -> None:
    user = make_customer_user(PHONE)
    Device.objects.create(user=user, cookie_hash="known", first_seen_at=at, last_seen_at=at)
    sent = 0
    for minute in range(200):
        for address, cookie in ((f"203.0.113.{minute}", ""), (OWNER, "known")):
            try:
                send(at + minute * MINUTE, address, cookie)
                sent += 1
            except CodeRefused:
                continue
    assert sent == 10


def test_a_device_known_to_somebody_else_is_a_stranger_here(at: datetime) -> None:
    other = make_customer_user("+8613900139000")
    Device.objects.create(user=other, cookie_hash="theirs", first_seen_at=at, last_seen_at=at)
    assert not send(at, STRANGER, "theirs").known_device


def test_the_hotline_opens_the_way_again(at: datetime) -> None:
    user = make_customer_user(PHONE)
    late = flood(at)
    assert refused(late + MINUTE, OWNER).limit is Limit.NUMBER
    staff = make_staff_user()
    lift_code_limit(user=user, by=staff, at=late + MINUTE, reason="called, identity checked")
    send(late + 2 * MINUTE, OWNER)


def test_one_address_gets_sixty_codes_an_hour_for_all_numbers(at: datetime) -> None:
    for number in range(60):
        send(at + timedelta(seconds=number), phone=f"+86139000{number:05d}")
    full = refused(at + timedelta(seconds=61))
    assert (full.limit, full.again_at) == (Limit.ADDRESS, at + timedelta(hours=1))
    send(at + timedelta(seconds=61), OWNER)


@pytest.mark.parametrize(
    ("load", "wait"),
    [
        (Load(minute_is_full=True), timedelta(minutes=1)),
        (Load(hour_is_full=True), timedelta(hours=1)),
    ],
)
def test_all_codes_together_are_bounded_but_known_devices_go_on(
    at: datetime, load: Load, wait: timedelta
) -> None:
    stopped = refusal(past=[], asker=Asker(False, "x"), load=load, at=at)
    assert stopped == limits.Refused(Limit.EVERYBODY, at + wait)
    assert refusal(past=[], asker=Asker(True, "x"), load=load, at=at) is None


@pytest.mark.parametrize(
    ("limit", "span"),
    [("ALL_PER_MINUTE", timedelta(minutes=1)), ("ALL_PER_HOUR", timedelta(hours=1))],
)
def test_the_codes_of_everybody_are_told_by_their_numbers(
    at: datetime, monkeypatch: pytest.MonkeyPatch, limit: str, span: timedelta
) -> None:
    monkeypatch.setattr(limits, limit, 3)
    for number in range(3):
        send(at, f"203.0.113.{number}", phone=f"+861380013800{number}")
    late = at + span - timedelta(seconds=1)
    assert refused(late, OWNER, "", "+8613800138009").limit == Limit.EVERYBODY
    send(at + span, OWNER, phone="+8613800138009")


def test_a_known_device_waits_for_its_own_pause_only(at: datetime) -> None:
    stranger = Past(at, False, "x")
    assert refusal(past=[stranger], asker=Asker(True, "x"), load=Load(), at=at) is None
    mine = Past(at, True, "x")
    assert refusal(past=[mine], asker=Asker(True, "x"), load=Load(), at=at) is not None


def test_a_refused_request_writes_and_sends_nothing(at: datetime, sms) -> None:
    send(at)
    refused(at)
    assert PhoneCode.objects.count() == len(sms.sent) == 1
