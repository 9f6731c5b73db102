"""Trading and fund passwords: what is too weak, what is kept, and how guessing ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from django.conf import settings
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Pin, PinKind
from accounts.pins import UnknownKey, Weakness, agrees, hashed, is_current, weaknesses
from accounts.signing.codes import CodeWrong
from accounts.use_cases.pins import (
    Known,
    PinPaused,
    PinRefused,
    WeakPin,
    change_pin,
    has_pins,
    reset_pin,
    send_pin_code,
    sentence,
    set_pins,
    try_pin,
)
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.models import Entry
from brokerage.users.codes import RecordingSender
from tests.accounts.factories import ACTOR
from tests.customers.factories import a_customer, an_identified_customer

BORN = date(1990, 3, 7)
NUMBER = "110105199003071234"
OWNER = UUID(int=5)


@pytest.mark.parametrize(
    ("pin", "reason"),
    [
        ("12345", Weakness.FORM),
        ("1234567", Weakness.FORM),
        ("１２３４５６", Weakness.FORM),
        ("12a456", Weakness.FORM),
        ("777777", Weakness.REPEATS),
        ("188883", Weakness.REPEATS),
        ("121212", Weakness.REPEATS),
        ("123495", Weakness.RUN),
        ("598762", Weakness.RUN),
        ("274274", Weakness.PATTERN),
        ("274472", Weakness.PATTERN),
        ("900307", Weakness.BIRTH_DATE),
        ("070390", Weakness.BIRTH_DATE),
        ("199003", Weakness.BIRTH_DATE),
        ("110105", Weakness.DOCUMENT),
        ("307123", Weakness.DOCUMENT),
        ("390057", Weakness.PHONE),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(pin: str, reason: Weakness) -> None:
    found = weaknesses(pin, birth_date=BORN, document=NUMBER, phones=["+8613900573921"])

    assert reason in found
    with override("zh-hans"):
        assert sentence(found[0])


@pytest.mark.parametrize("pin", ["283746", "591027", "804915", "908172"])
def test_an_ordinary_one_passes(pin: str) -> None:
    assert weaknesses(pin, birth_date=BORN, document=NUMBER, phones=["+8613900573921"]) == []


def test_the_fund_password_is_another_one() -> None:
    assert weaknesses("283746", other="283746") == [Weakness.SAME]


@given(st.text(alphabet="0123456789", min_size=6, max_size=6))
def test_nothing_on_the_papers_is_ever_accepted(pin: str) -> None:
    assert weaknesses(pin, document=f"11{pin}99") != []


def test_only_the_same_digits_kind_and_owner_agree() -> None:
    kept = hashed("283746", kind="trading", owner=OWNER)

    assert agrees("283746", kept, kind="trading", owner=OWNER)
    assert not agrees("283747", kept, kind="trading", owner=OWNER)
    assert not agrees("283746", kept, kind="fund", owner=OWNER)
    assert not agrees("283746", kept, kind="trading", owner=UUID(int=6))
    assert not agrees("283746", "t1:$argon2id$broken", kind="trading", owner=OWNER)
    assert "283746" not in kept


def test_the_table_alone_does_not_verify_without_the_key(settings) -> None:
    kept = hashed("283746", kind="trading", owner=OWNER)
    other = replace(settings.KEYS, data={"t1": b"2" * 32})
    settings.KEYS = other

    assert not agrees("283746", kept, kind="trading", owner=OWNER)

    settings.KEYS = replace(other, current="t9", data={"t9": b"9" * 32})
    with pytest.raises(UnknownKey):
        agrees("283746", kept, kind="trading", owner=OWNER)


def set_both(customer, at, trading: str = "283746", fund: str = "591027") -> None:
    set_pins(
        customer=customer,
        pins={PinKind.TRADING: trading, PinKind.FUND: fund},
        birth_date=BORN,
        document=NUMBER,
        phones=("+8613900573921",),
        actor=Actor.of(customer.user),
        at=at,
    )


@pytest.mark.django_db
def test_both_or_none_are_kept_and_nothing_of_them_stands_anywhere(at) -> None:
    customer = a_customer()

    with pytest.raises(WeakPin) as refused:
        set_both(customer, at, fund="283746")
    assert list(refused.value.problems) == ["fund"]
    assert not has_pins(customer)

    set_both(customer, at)

    assert has_pins(customer)
    entry = Entry.objects.get(kind="accounts.pins_set")
    assert entry.payload == {"kinds": ["fund", "trading"]}
    told = " ".join(str(value) for value in Entry.objects.values_list("payload", "reason"))
    assert "283746" not in told
    assert all("283746" not in kept for kept in Pin.objects.values_list("kept", flat=True))


@pytest.mark.django_db(transaction=True)
def test_guessing_pauses_also_for_the_right_one(at) -> None:
    customer = a_customer()
    set_both(customer, at)
    actor = Actor.of(customer.user)

    def guess(pin: str, when=at) -> None:
        try_pin(customer=customer, kind=PinKind.TRADING, pin=pin, actor=actor, at=when)

    for _ in range(4):
        with pytest.raises(PinRefused):
            guess("000000")
    with pytest.raises(PinPaused) as paused:
        guess("000000")
    with pytest.raises(PinPaused):
        guess("283746", at + timedelta(minutes=29))
    assert paused.value.until == at + timedelta(minutes=30)

    guess("283746", at + timedelta(minutes=30))
    assert Pin.objects.get(kind="trading").attempts == 0
    assert Entry.objects.filter(kind="accounts.pins_paused").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_rotated_key_renews_the_hash_at_the_next_use(at, settings) -> None:
    customer = a_customer()
    set_both(customer, at)
    keys = settings.KEYS
    settings.KEYS = replace(keys, current="t2", data={**keys.data, "t2": b"3" * 32})

    actor = Actor.of(customer.user)
    try_pin(customer=customer, kind=PinKind.TRADING, pin="283746", actor=actor, at=at)

    kept = Pin.objects.get(kind="trading").kept
    assert kept.startswith("t2:")
    assert is_current(kept)
    assert not is_current(Pin.objects.get(kind="fund").kept)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("passes", "mebibytes"), [(2, 19), (5, 7)])
def test_a_hash_of_an_earlier_cost_agrees_and_is_renewed_at_the_next_use(
    at, monkeypatch, passes: int, mebibytes: int
) -> None:
    customer = a_customer()
    earlier = PasswordHasher(time_cost=passes, memory_cost=mebibytes * 1024, parallelism=1)
    with monkeypatch.context() as patch:
        patch.setattr("accounts.pins._hasher", lambda: earlier)
        set_both(customer, at)
    assert f"m={mebibytes * 1024},t={passes},p=1" in Pin.objects.get(kind="trading").kept

    actor = Actor.of(customer.user)
    try_pin(customer=customer, kind=PinKind.TRADING, pin="283746", actor=actor, at=at)

    kept = Pin.objects.get(kind="trading").kept
    assert "m=4096,t=1,p=1" in kept
    assert is_current(kept)
    assert not is_current(Pin.objects.get(kind="fund").kept)
    with pytest.raises(PinRefused):
        try_pin(customer=customer, kind=PinKind.FUND, pin="283746", actor=actor, at=at)


def test_the_setting_under_test_is_the_key_ring() -> None:
    assert settings.KEYS.current in settings.KEYS.data


KNOWN: Known = {"birth_date": BORN, "document": NUMBER, "phones": ()}


@pytest.fixture
def customer(at: datetime) -> Customer:
    """Somebody with both passwords and a document."""
    found = an_identified_customer(at=at)
    pins: dict[str, str] = {PinKind.TRADING: "283746", PinKind.FUND: "591027"}
    set_pins(customer=found, pins=pins, actor=ACTOR, at=at, **KNOWN)
    return found


def counts(customer: Customer, pin: str, at: datetime) -> bool:
    try:
        try_pin(customer=customer, kind=PinKind.TRADING, pin=pin, actor=ACTOR, at=at)
    except PinRefused:
        return False
    return True


@pytest.mark.django_db
def test_whoever_knows_the_present_one_replaces_it(customer: Customer, at: datetime) -> None:
    values: dict[str, Any] = {"customer": customer, "kind": PinKind.TRADING, "known": KNOWN}
    values |= {"actor": ACTOR}
    with pytest.raises(PinRefused):
        change_pin(old="000001", new="846203", at=at, **values)
    assert Pin.objects.get(kind="trading").attempts == 1
    with pytest.raises(WeakPin) as weak:
        change_pin(old="283746", new="591027", at=at, **values)
    assert list(weak.value.problems) == ["trading"], "the two differ"
    change_pin(old="283746", new="846203", at=at, **values)
    assert counts(customer, "846203", at)
    assert not counts(customer, "283746", at)
    assert Entry.objects.filter(kind="accounts.pin_replaced").count() == 1


@pytest.mark.django_db
def test_whoever_forgot_it_needs_the_code_and_the_document(
    customer: Customer, at: datetime, sms: RecordingSender
) -> None:
    send_pin_code(
        customer=customer, kind=PinKind.TRADING, phone="+8613900139007", language="en", at=at
    )
    code = sms.sent[-1].code
    number = customer.id_number or ""
    values: dict[str, Any] = {"customer": customer, "kind": PinKind.TRADING, "known": KNOWN}
    values |= {"actor": ACTOR}
    tries: tuple[dict[str, Any], ...] = (
        {"code": "x", "id_number": number},
        {"code": code, "id_number": number[:-1]},
        {"code": code, "id_number": ""},
    )
    for wrong in tries:
        with pytest.raises(CodeWrong):
            reset_pin(new="846203", at=at, **wrong, **values)
    assert Pin.objects.get(kind="trading").code_tries == 3
    with pytest.raises(WeakPin):
        reset_pin(code=code, id_number=number, new="111111", at=at, **values)
    reset_pin(code=code, id_number=number.lower(), new="846203", at=at, **values)
    assert counts(customer, "846203", at)
    with pytest.raises(CodeWrong):
        reset_pin(code=code, id_number=number, new="620384", at=at, **values)


@pytest.mark.django_db
def test_a_pause_ends_with_a_new_password(
    customer: Customer, at: datetime, sms: RecordingSender
) -> None:
    while not Pin.objects.get(kind="trading").paused_until:
        counts(customer, "000001", at)
    assert not counts(customer, "283746", at)
    send_pin_code(
        customer=customer, kind=PinKind.TRADING, phone="+8613900139007", language="en", at=at
    )
    reset_pin(
        customer=customer,
        kind=PinKind.TRADING,
        code=sms.sent[-1].code,
        id_number=customer.id_number or "",
        new="846203",
        known=KNOWN,
        actor=ACTOR,
        at=at,
    )
    assert counts(customer, "846203", at)
