"""The yearly draw: never less than the share, the same for everybody who draws it again."""

from __future__ import annotations

import random
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suitability import shipped
from suitability.rules.recordings import build_recording_duty
from suitability.rules.sampling import build_sample_rules, in_order, number_drawn

VALUE = shipped.row("rules/follow_up", "suitability.yearly_sample")["value"]
DUTY = shipped.row("rules/recordings", "suitability.recording_duty")["value"]
RULES = build_sample_rules(VALUE, "v")


@given(buyers=st.integers(0, 10_000), percent=st.integers(1, 100))
def test_never_less_than_the_share_and_never_more_than_one_above(
    buyers: int, percent: int
) -> None:
    drawn = number_drawn(buyers, percent)
    assert buyers * percent <= drawn * 100 < buyers * percent + 100
    assert drawn <= buyers


@given(st.sets(st.uuids(), max_size=30), st.integers(2000, 2200), st.randoms())
def test_the_order_depends_on_year_and_buyers_alone(
    buyers: set[UUID], year: int, chance: random.Random
) -> None:
    shuffled = sorted(buyers)
    chance.shuffle(shuffled)
    order = in_order(shuffled * 2, year)
    assert order == in_order(buyers, year)
    assert sorted(order) == sorted(buyers)
    if order:  # who leaves changes nothing in the order of the others
        assert in_order(buyers - {order[0]}, year) == order[1:]


def test_another_year_draws_others() -> None:
    buyers = [UUID(int=number) for number in range(100)]
    assert in_order(buyers, 2025)[:10] != in_order(buyers, 2026)[:10]


def test_it_is_drawn_from_its_day_on() -> None:
    assert RULES.percent == 10
    assert [RULES.is_drawn_on(date(2027, 1, day)) for day in (1, 4, 5, 6)] == [
        False,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"percent": 0},
        {"percent": 101},
        {"draw_from": "02-30"},
        {"draw_from": "02-29"},
        {"due_days": 0},
        {"tries": 0},
        {"text": "no version"},
    ],
)
def test_a_row_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        build_sample_rules(VALUE | wrong, "v")


@pytest.mark.parametrize(
    "wrong",
    [{"required": ["insist"]}, {"scripts": {"x": "y@z"}}, {"scripts": {"five_items": "y"}}],
)
def test_a_duty_to_record_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        build_recording_duty(DUTY | wrong, "v")


def test_the_shipped_duty_names_scripts_that_are_shipped() -> None:
    shipped_scripts = {
        shipped.version_of(row)
        for row in shipped.rows("rules/recordings")
        if row["key"].startswith("suitability.script.")
    }
    known = build_recording_duty(DUTY, "v")
    assert set(known.scripts.values()) <= shipped_scripts
