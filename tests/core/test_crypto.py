"""Tokens: what opens, and what must not."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from brokerage.core.crypto import CannotOpen, keyed_hash, seal, seal_bytes, unseal, unseal_bytes
from brokerage.core.keyring import KeyRing

HERE = "users.user.phone:1"


def test_a_token_opens_where_it_was_sealed_and_nowhere_else():
    token = seal("13800138000", context=HERE)
    assert unseal(token, context=HERE) == "13800138000"
    for elsewhere in ("users.user.phone:2", "users.user.email:1", ""):
        with pytest.raises(CannotOpen):
            unseal(token, context=elsewhere)


def test_no_token_shows_its_value_or_equals_another():
    first, second = (seal("13800138000", context=HERE) for _ in range(2))
    assert first != second
    assert b"13800138000" not in base64.b64decode(first.partition(":")[2])


def test_one_flipped_bit_anywhere_is_noticed():
    name, _, body = seal_bytes(b"12345", context=HERE).partition(":")
    raw = base64.b64decode(body)
    for place in range(len(raw)):
        for bit in range(8):
            changed = bytearray(raw)
            changed[place] ^= 1 << bit
            with pytest.raises(CannotOpen):
                unseal_bytes(f"{name}:{base64.b64encode(changed).decode()}", context=HERE)


def test_every_truncation_is_noticed():
    name, _, body = seal_bytes(b"12345", context=HERE).partition(":")
    raw = base64.b64decode(body)
    for length in range(len(raw)):
        with pytest.raises(CannotOpen):
            unseal_bytes(f"{name}:{base64.b64encode(raw[:length]).decode()}", context=HERE)


@pytest.mark.parametrize(
    "token", ["", ":", "t1", "t1:", "t1:!!", "t9:AAAA", "t1:é", "13800138000"]
)
def test_what_is_no_token_is_refused_without_showing_it(token):
    with pytest.raises(CannotOpen) as caught:
        unseal(token, context=HERE)
    assert "13800138000" not in str(caught.value)


@pytest.fixture
def two_keys(settings) -> KeyRing:
    """The old key t1 beside SM4 key s2, which seals."""
    settings.KEYS = replace(
        settings.KEYS, current="s2", data={**settings.KEYS.data, "s2": b"4" * 16}
    )
    return settings.KEYS


def test_an_older_key_still_opens_until_it_is_taken_away(settings):
    token = seal("a", context=HERE)
    ring = settings.KEYS
    settings.KEYS = replace(ring, current="t2", data={**ring.data, "t2": b"2" * 32})
    assert unseal(token, context=HERE) == "a"
    assert seal("a", context=HERE).startswith("t2:")
    settings.KEYS = replace(ring, current="t2", data={"t2": b"2" * 32})
    with pytest.raises(CannotOpen):
        unseal(token, context=HERE)


@pytest.mark.usefixtures("two_keys")
def test_sm4_seals_and_notices_every_change():
    token = seal("身份", context=HERE)
    assert token.startswith("s2:")
    assert unseal(token, context=HERE) == "身份"
    with pytest.raises(CannotOpen):
        unseal(token, context="elsewhere")
    raw = base64.b64decode(token.partition(":")[2])
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1
        with pytest.raises(CannotOpen):
            unseal(f"s2:{base64.b64encode(changed).decode()}", context=HERE)
    for length in range(len(raw)):
        with pytest.raises(CannotOpen):
            unseal(f"s2:{base64.b64encode(raw[:length]).decode()}", context=HERE)


def test_a_keyed_hash_finds_the_same_value_for_the_same_purpose_only():
    first = keyed_hash("11010519491231002x", purpose="id")
    assert first == keyed_hash(" １１０１０５１９４９１２３１００２Ｘ ", purpose="id")
    assert first != keyed_hash("11010519491231002X", purpose="phone")
    assert first != keyed_hash("110105194912310021", purpose="id")


def test_a_keyed_hash_changes_with_the_look_up_key_only(settings):
    first = keyed_hash("a", purpose="id")
    ring = settings.KEYS
    settings.KEYS = replace(ring, current="t2", data={"t2": b"2" * 32})
    assert keyed_hash("a", purpose="id") == first
    settings.KEYS = replace(ring, lookup=b"m" * 32)
    assert keyed_hash("a", purpose="id") != first
