"""Numbers of organisations, telephones, cards, accounts and securities."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from brokerage.core.identifiers import (
    BadIdentifier,
    bank_card,
    credit_code,
    mobile,
    one_code_account,
    securities_account,
    security_code,
)
from brokerage.core.identifiers.base import Doubt

PROPERTIES = settings(derandomize=True, max_examples=200, deadline=None)
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_CODES = ["91350100M000100Y43", "91110108551385082Q", "91110000600037341L"]


def code_of(call, *args, **named) -> str:
    with pytest.raises(BadIdentifier) as caught:
        call(*args, **named)
    return str(caught.value.code)


@pytest.mark.parametrize("code", CREDIT_CODES)
def test_published_credit_codes_pass(code):
    assert credit_code(code.lower()).value == code


def check_of(seventeen: str) -> str:
    """The check character by the standard's own formula, written apart from the library."""
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(seventeen))
    return ALPHABET[(31 - total % 31) % 31]


def test_a_code_whose_sum_is_a_multiple_of_31_ends_in_zero():
    seventeen = next(stem for n in range(1000) if check_of(stem := f"9111010855138{n:04d}") == "0")
    assert credit_code(seventeen + "0").value == seventeen + "0"


@pytest.mark.parametrize("first", ["A", "N", "Y", "1", "5"])
def test_registries_other_than_commerce_pass(first):
    seventeen = f"{first}2110108551385082"
    assert credit_code(seventeen + check_of(seventeen)).area == "110108"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("91310115MA1H8R7C6D", "check_digit"),
        ("91350100M000100Y4", "too_short"),
        ("91350100M000100Y433", "too_long"),
        ("91350100MOOO100Y43", "format"),
        ("B1350100M000100Y43", "format"),
        ("9135010XM000100Y43", "format"),
    ],
)
def test_a_wrong_credit_code_is_refused(code, why):
    assert code_of(credit_code, code) == why


@given(st.sampled_from(CREDIT_CODES), st.integers(0, 17), st.sampled_from(ALPHABET))
@PROPERTIES
def test_any_single_changed_character_of_a_credit_code_is_caught(code, place, character):
    assume(code[place] != character)
    with pytest.raises(BadIdentifier):
        credit_code(code[:place] + character + code[place + 1 :])


def test_a_card_that_fails_luhn_is_only_doubted():
    assert bank_card("4111 1111 1111 1111").warnings == ()
    assert bank_card("4111111111111112").warnings == (Doubt.LUHN,)


@pytest.mark.parametrize("typed", ["123456789012", "1" * 20, "411111111111111a", "", "४" * 16])
def test_a_card_of_other_length_or_letters_is_refused(typed):
    assert code_of(bank_card, typed) == "format"


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "+86 138 0013 8000",
        "0086-138-0013-8000",
        "8613800138000",
        "１３８００１３８０００",
    ],
)
def test_a_mobile_number_has_one_form(typed):
    assert mobile(typed).value == "+8613800138000"


@pytest.mark.parametrize(
    "typed",
    [
        "12345678901",
        "1380013800",
        "138001380000",
        "0571-88888888",
        "+85261234567",
        "+13800138000",
        "",
    ],
)
def test_what_is_no_mainland_mobile_is_refused(typed):
    assert code_of(mobile, typed) == "format"


def test_a_virtual_operator_is_only_doubted():
    assert mobile("17012345678").warnings == (Doubt.VIRTUAL_OPERATOR,)
    assert mobile("19900000000").warnings == ()


@pytest.mark.parametrize(
    ("typed", "market", "category"),
    [
        ("a123456789", "SH", "person"),
        ("B880000000", "SH", "institution"),
        ("C900000000", "SH", "b_share"),
        ("E000000001", "SH", "margin"),
        ("F000000001", "SH", "fund"),
        ("0012345678", "SZ", "person"),
        ("0312345678", "SZ", "person"),
        ("0612345678", "SZ", "margin"),
        ("0812345678", "SZ", "institution"),
        ("2012345678", "SZ", "b_share"),
        ("0112345678", "BJ", "person"),
    ],
)
def test_securities_accounts_pass(typed, market, category):
    assert securities_account(typed, market=market).category == category


@pytest.mark.parametrize(
    ("typed", "market"),
    [
        ("A12345678", "SH"),
        ("G123456789", "SH"),
        ("0012345678", "SH"),
        ("A123456789", "SZ"),
        ("1012345678", "SZ"),
    ],
)
def test_an_account_of_another_form_is_refused(typed, market):
    assert code_of(securities_account, typed, market=market) == "format"


def test_a_one_code_account_has_twelve_digits():
    assert one_code_account("180012345678").warnings == ()
    assert one_code_account("170012345678").warnings == (Doubt.UNKNOWN_CATEGORY,)
    assert code_of(one_code_account, "18001234567") == "format"


@pytest.mark.parametrize(
    ("typed", "value", "category"),
    [
        ("600000.SH", "600000.SH", "main"),
        ("sh600000", "600000.SH", "main"),
        ("688981.sh", "688981.SH", "star"),
        ("689009.SH", "689009.SH", "star"),
        ("000001.SZ", "000001.SZ", "main"),
        ("003816.SZ", "003816.SZ", "main"),
        ("300750.SZ", "300750.SZ", "chinext"),
        ("302132.SZ", "302132.SZ", "chinext"),
        ("430047.BJ", "430047.BJ", "main"),
        ("920002.BJ", "920002.BJ", "main"),
        ("510300.SH", "510300.SH", "fund"),
        ("508000.SH", "508000.SH", "reit"),
        ("159915.SZ", "159915.SZ", "fund"),
        ("180101.SZ", "180101.SZ", "reit"),
        ("113050.SH", "113050.SH", "convertible"),
        ("127045.SZ", "127045.SZ", "convertible"),
    ],
)
def test_security_codes_keep_their_market(typed, value, category):
    found = security_code(typed)
    assert (found.value, found.category, found.warnings) == (value, category, ())


@pytest.mark.parametrize(
    ("typed", "market", "why"),
    [
        ("600000", "", "market"),
        ("600000.SH", "SZ", "market"),
        ("SH600000.SZ", "", "market"),
        ("600000", "SZ", "market"),
        ("300750", "SH", "market"),
        ("60000", "SH", "format"),
        ("6000000", "SH", "format"),
        ("600000.HK", "", "format"),
    ],
)
def test_a_security_without_one_plain_market_is_refused(typed, market, why):
    assert code_of(security_code, typed, market=market) == why


def test_an_unknown_range_is_only_doubted():
    assert security_code("112233.SZ").warnings == (Doubt.UNKNOWN_CATEGORY,)
