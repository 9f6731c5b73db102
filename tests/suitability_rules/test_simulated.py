"""Simulated trading counts where there was enough of it, and not too long ago."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suitability import shipped
from suitability.labels import SIMULATED
from suitability.rules.simulated import Enough, Practice, build_simulated_rules, is_enough

ASKED = Enough(trades=20, days=10, months=12)
DONE = Practice(trades=20, days=10, last_on=date(2026, 1, 30))
ON = date(2026, 3, 2)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("done", "on", "counts"),
    [
        (DONE, ON, True),
        (DONE, DONE.last_on, True),
        (DONE, DONE.last_on - DAY, False),
        (DONE, date(2027, 1, 29), True),
        (DONE, date(2027, 1, 30), False),
        (replace(DONE, trades=19), ON, False),
        (replace(DONE, days=9), ON, False),
    ],
)
def test_each_figure_counts(done: Practice, on: date, counts: bool) -> None:
    assert is_enough(done, ASKED, on) is counts


@given(st.integers(1, 50), st.integers(1, 50), st.integers(0, 800), st.integers(0, 5))
def test_more_practice_never_counts_less(trades: int, days: int, age: int, more: int) -> None:
    done = Practice(trades=trades, days=days, last_on=ON - age * DAY)
    if is_enough(done, ASKED, ON):
        assert is_enough(replace(done, trades=trades + more, days=days + more), ASKED, ON)


def test_the_shipped_row_knows_every_fact_and_refuses_what_cannot_be() -> None:
    value = shipped.row("rules/simulated", "suitability.simulated_trading")["value"]
    assert set(build_simulated_rules(value)) == set(SIMULATED)
    for wrong in ({}, {"x": {"trades": 0, "days": 1, "months": 1}}):
        with pytest.raises(ValueError, match="cannot be"):
            build_simulated_rules(wrong)
    with pytest.raises(TypeError):
        build_simulated_rules({"x": {"trades": 1}})
