"""Yuan: rounding, sharing out, reading and showing."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from django.utils import translation
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from brokerage.core.money import BadAmount, allocate, format_yuan, parse_yuan, yuan

PROPERTIES = settings(derandomize=True, max_examples=300, deadline=None)
AMOUNTS = st.decimals(
    min_value=Decimal("-99999999999999.99"),
    max_value=Decimal("99999999999999.99"),
    places=2,
    allow_nan=False,
)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        ("1.005", "1.01"),
        ("1.004999", "1.00"),
        ("-1.005", "-1.01"),
        ("2.675", "2.68"),
        ("7", "7.00"),
    ],
)
def test_half_a_cent_goes_up(exact, rounded):
    assert str(yuan(Decimal(exact))) == rounded


def test_a_float_is_refused():
    with pytest.raises(TypeError):
        yuan(0.1)  # type: ignore[arg-type]  # refused


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1234.5", "1234.50"),
        ("1,234.50", "1234.50"),
        ("１，２３４．５０", "1234.50"),
        (" 12 元\n", "12.00"),
        ("¥12.3", "12.30"),
        ("￥12", "12.00"),
        ("CNY 1,000,000", "1000000.00"),
        ("0.10", "0.10"),
        ("5.000", "5.00"),
        ("007", "7.00"),
        ("999999999999999999.99", "999999999999999999.99"),
    ],
)
def test_what_people_type_is_read(typed, amount):
    assert str(parse_yuan(typed)) == amount


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "format"),
        ("abc", "format"),
        ("-5", "format"),
        ("+5", "format"),
        ("1e5", "format"),
        ("NaN", "format"),
        ("Infinity", "format"),
        (".5", "format"),
        ("5.", "format"),
        ("1,23", "format"),
        ("12,34,567", "format"),
        ("1234,567", "format"),
        ("1.234,50", "format"),
        ("1 234", "format"),
        ("1_000", "format"),
        ("١٢", "format"),
        ("12 元 元", "format"),
        ("1.005", "decimals"),
        ("1" * 19, "too_large"),
        ("1" * 5000, "too_large"),
    ],
)
def test_what_could_mean_something_else_is_refused(typed, code):
    with pytest.raises(BadAmount) as caught:
        parse_yuan(typed)
    assert caught.value.code == code


@given(AMOUNTS.map(abs))
@PROPERTIES
def test_what_is_shown_can_be_typed_again(amount):
    for language in ("zh-hans", "en"):
        assert parse_yuan(format_yuan(amount, language=language)) == amount


def test_each_language_has_its_form():
    assert format_yuan(Decimal("1234.5"), language="zh-hans") == "1,234.50 元"
    assert format_yuan(Decimal("12.5"), language="en") == "CNY 12.50"
    assert format_yuan(Decimal("-12.5"), language="en") == "CNY -12.50"
    with translation.override("en"):
        assert format_yuan(Decimal("0.005")) == "CNY 0.01"


@given(AMOUNTS, st.lists(st.integers(0, 10**6), min_size=1, max_size=40))
@PROPERTIES
def test_shares_sum_exactly_and_none_is_a_cent_off(total, weights):
    assume(sum(weights))
    shares = allocate(total, weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        exact = Fraction(total) * weight / sum(weights)
        assert abs(Fraction(share) - exact) < Fraction(1, 100)
        assert share == yuan(share)
        if not weight:
            assert share == 0


@given(AMOUNTS.map(abs), st.lists(st.integers(1, 1000), min_size=1, max_size=20))
@PROPERTIES
def test_a_larger_weight_never_gets_less(total, weights):
    shares = allocate(total, weights)
    ordered = sorted(zip(weights, shares, strict=True), key=lambda pair: pair[0])
    for (small, less), (large, more) in pairwise(ordered):
        assert small == large or less <= more


def test_the_cents_left_go_to_the_earlier_line():
    assert allocate(Decimal("1.00"), [1, 1, 1]) == [
        Decimal("0.34"),
        Decimal("0.33"),
        Decimal("0.33"),
    ]
    assert allocate(Decimal("-1.00"), [1, 1, 1])[0] == Decimal("-0.34")
    assert allocate(Decimal("0.01"), [Decimal("0.5"), Decimal("0.5")]) == [Decimal("0.01"), 0]


@pytest.mark.parametrize(
    ("total", "weights"), [("1", []), ("1", [0, 0]), ("1", [1, -1]), ("1.005", [1])]
)
def test_a_sharing_that_cannot_be_exact_is_refused(total, weights):
    with pytest.raises(ValueError, match=r"eights|cents"):
        allocate(Decimal(total), weights)
