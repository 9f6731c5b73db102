"""Figures of the past, and drawing them without hiding a fall."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from products.rules.values import MOST_POINTS, Value, past, thinned
from tests.products.test_costs import thorough

START = date(2026, 1, 5)


def days(*figures: str | Decimal) -> list[Value]:
    return [
        Value(START + timedelta(days=place), Decimal(each)) for place, each in enumerate(figures)
    ]


def test_the_deepest_fall_counts_from_the_highest_before_it():
    found = past(days("1", "2", "1.5", "3", "1.2"))
    assert found is not None
    assert found.deepest == Decimal("1.2") / 3 - 1
    assert found.change == Decimal("0.2")
    assert found.benchmark is None


def test_one_value_is_no_past():
    assert past(days("1")) is None


@thorough
@given(st.lists(st.decimals("0.1", "9", places=2), min_size=2, max_size=400))
def test_thinning_keeps_both_ends_and_the_lowest_value(figures: list[Decimal]):
    values = days(*figures)
    kept = thinned(values)
    assert (kept[0], kept[-1]) == (values[0], values[-1])
    assert min(each.value for each in kept) == min(figures)
    whole, drawn = past(values), past(kept)
    assert whole is not None
    assert drawn is not None
    assert drawn.deepest == whole.deepest
    assert len(kept) <= MOST_POINTS + 4
    assert [each.day for each in kept] == sorted({each.day for each in kept})
