"""Numbers of identity documents: samples, traps, and properties."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from stdnum.cn import ric

from brokerage.core.identifiers import (
    BadIdentifier,
    Document,
    Sex,
    check_document,
    chinese_passport,
    foreign_passport,
    foreign_resident,
    hk_macau_permit,
    residence_permit,
    resident_id,
    taiwan_permit,
)

ON = date(2026, 3, 2)
SAMPLES = ["11010219840406970X", "440308199901101512", "11010519491231002X"]
PROPERTIES = settings(derandomize=True, max_examples=200, deadline=None)


def with_check(seventeen: str) -> str:
    return seventeen + ric.calc_check_digit(seventeen + "0")


def code_of(call) -> str:
    with pytest.raises(BadIdentifier) as caught:
        call()
    return str(caught.value.code)


@pytest.mark.parametrize("number", SAMPLES)
def test_published_resident_numbers_pass(number):
    assert resident_id(number, on=ON).value == number


def test_a_number_tells_birth_date_sex_and_area():
    found = resident_id("11010219840406970X", on=ON)
    assert (found.birth_date, found.sex, found.area) == (date(1984, 4, 6), Sex.FEMALE, "110102")
    assert resident_id("440308199901101512", on=ON).sex == Sex.MALE


@pytest.mark.parametrize(
    "typed",
    [
        "11010219840406970x",
        " 110102 19840406 970X ",
        "１１０１０２１９８４０４０６９７０Ｘ",
        "110102-19840406-970x",
        "110102\u200b19840406970X",
    ],
)
def test_small_letters_full_width_and_blanks_are_normalised(typed):
    assert resident_id(typed, on=ON).value == "11010219840406970X"


@pytest.mark.parametrize(
    "area",
    ["330113", "330114", "330103", "632126", "422421", "513001"],
    ids=["new 2021", "new 2021 b", "abolished", "abolished b", "abolished c", "abolished d"],
)
def test_districts_that_a_list_may_lack_pass(area):
    number = with_check(f"{area}19900307001")
    assert resident_id(number, on=ON).area == area


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("110102198404069", "first_generation"),
        ("110102840406970", "first_generation"),
        ("1101021984040697", "too_short"),
        ("11010219840406970X1", "too_long"),
        ("1101021984040697OX", "format"),
        ("X1010219840406970X", "format"),
        ("110102198404069700", "check_digit"),
        (with_check("99010519900307001"), "is_foreign_resident"),
        (with_check("16010519900307001"), "area"),
        (with_check("00010519900307001"), "area"),
        (with_check("11010520990101001"), "birth_date"),
        (with_check("11010519900230001"), "birth_date"),
        (with_check("11010518991231001"), "birth_date"),
        (with_check("11010520260303001"), "birth_date"),
        ("810000199408230021", "is_residence_permit"),
        ("932682198501010017", "is_foreign_resident"),
        ("", "too_short"),
        ("٣" * 18, "format"),
    ],
)
def test_a_wrong_resident_number_is_refused_with_a_stable_code(number, code):
    assert code_of(lambda: resident_id(number, on=ON)) == code


def test_somebody_born_today_passes():
    assert resident_id(with_check("11010520260302001"), on=ON).birth_date == ON


def test_a_refusal_and_a_result_never_show_the_number():
    with pytest.raises(BadIdentifier) as caught:
        resident_id("110102198404069700", on=ON)
    shown = repr(caught.value) + str(caught.value) + " ".join(caught.value.messages)
    assert "110102" not in shown
    assert "1984" not in shown
    assert "1984" not in repr(resident_id(SAMPLES[0], on=ON))


def test_the_message_counts_what_is_missing():
    with pytest.raises(BadIdentifier) as caught:
        resident_id("11010219840406970", on=ON)
    assert "1" in caught.value.messages[0]


@given(st.sampled_from(SAMPLES), st.integers(0, 17), st.sampled_from("0123456789X"))
@PROPERTIES
def test_any_single_changed_character_is_caught(number, place, character):
    assume(number[place] != character)
    with pytest.raises(BadIdentifier):
        resident_id(number[:place] + character + number[place + 1 :], on=ON)


@given(st.sampled_from(SAMPLES), st.integers(0, 16))
@PROPERTIES
def test_any_two_swapped_neighbours_are_caught(number, place):
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assume(swapped != number)
    with pytest.raises(BadIdentifier):
        resident_id(swapped, on=ON)


@given(
    st.sampled_from(["330113", "110105", "659001", "460100"]),
    st.dates(date(1900, 1, 1), ON),
    st.integers(0, 999),
)
@PROPERTIES
def test_every_well_formed_number_is_read_back(area, born, sequence):
    number = with_check(f"{area}{born:%Y%m%d}{sequence:03d}")
    found = resident_id(number, on=ON)
    assert (found.value, found.birth_date) == (number, born)
    assert found.sex == (Sex.MALE if sequence % 2 else Sex.FEMALE)


@given(st.text(max_size=25))
@PROPERTIES
def test_any_text_is_accepted_or_refused_but_never_crashes(text):
    for document in Document:
        with suppress(BadIdentifier):
            assert check_document(document, text, on=ON).value.isascii()


@pytest.mark.parametrize(
    ("number", "place"),
    [
        ("810000199408230021", "hong_kong"),
        (with_check("82000019940823002"), "macau"),
        ("830000199201300022", "taiwan"),
    ],
)
def test_residence_permits_pass_as_such(number, place):
    assert residence_permit(number, on=ON).category == place


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (with_check("71000019920130002"), "area"),
        (with_check("81010019920130002"), "area"),
        ("810000199408230022", "check_digit"),
    ],
)
def test_a_wrong_residence_permit_is_refused(number, code):
    assert code_of(lambda: residence_permit(number, on=ON)) == code


@pytest.mark.parametrize(
    ("typed", "value", "place"),
    [
        ("H12345678", "H12345678", "hong_kong"),
        ("m1234567801", "M12345678", "macau"),
        ("Ｈ１２３４５６７８", "H12345678", "hong_kong"),
    ],
)
def test_travel_permits_drop_the_count_of_renewals(typed, value, place):
    found = hk_macau_permit(typed)
    assert (found.value, found.category) == (value, place)


@pytest.mark.parametrize(
    "typed", ["12345678", "A12345678", "H1234567", "H123456780", "H12345678X"]
)
def test_a_wrong_travel_permit_is_refused(typed):
    assert code_of(lambda: hk_macau_permit(typed)) == "format"


def test_a_taiwan_permit_has_eight_digits():
    assert taiwan_permit("0123 4567").value == "01234567"
    for wrong in ("1234567", "123456789", "T1234567"):
        assert code_of(lambda wrong=wrong: taiwan_permit(wrong)) == "format"


def test_both_generations_of_foreign_resident_cards_pass():
    found = foreign_resident("932682198501010017", on=ON)
    assert (found.birth_date, found.area, found.category) == (date(1985, 1, 1), "682", "new_card")
    assert foreign_resident("usa110085010112", on=ON).category == "old_card"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("932682198501010018", "check_digit"),
        ("11010219840406970X", "area"),
        ("US1110085010112", "too_short"),
    ],
)
def test_a_wrong_foreign_resident_card_is_refused(number, code):
    assert code_of(lambda: foreign_resident(number, on=ON)) == code


@pytest.mark.parametrize(
    "typed", ["E12345678", "EA1234567", "g12345678", "SE1234567", "D12345678"]
)
def test_chinese_passports_pass(typed):
    assert chinese_passport(typed).value == typed.upper()


@pytest.mark.parametrize(
    "typed", ["A12345678", "E1234567", "GA1234567", "E123456789", "EAB123456"]
)
def test_a_wrong_chinese_passport_is_refused(typed):
    assert code_of(lambda: chinese_passport(typed)) == "format"


def test_foreign_passports_have_five_to_fifteen_characters():
    assert foreign_passport("ab 12345").value == "AB12345"
    for wrong in ("1234", "A" * 16, "ABCDEFG", "AB_12345", "ÄB12345"):
        assert code_of(lambda wrong=wrong: foreign_passport(wrong)) == "format"
