"""What two windows tell, and what a suggestion is worth."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from branches.suggestions.effect import Outcome, Verdict, Window, compare, points
from branches.suggestions.personal import tells_of_a_person

SCORING = {
    "adopted": "1",
    "better": "3",
    "per_point": "1",
    "most_per_suggestion": "10",
    "merged_share": "0.5",
}


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ((1000, 600), (1000, 700), Verdict.BETTER),
        ((1000, 700), (1000, 600), Verdict.WORSE),
        ((1000, 600), (1000, 610), Verdict.UNCLEAR),
        ((199, 100), (5000, 5000), Verdict.TOO_FEW),
        ((5000, 100), (0, 0), Verdict.TOO_FEW),
        ((200, 0), (200, 200), Verdict.BETTER),
        ((200, 200), (200, 200), Verdict.UNCLEAR),
    ],
)
def test_verdicts(before: tuple[int, int], after: tuple[int, int], verdict: Verdict) -> None:
    assert compare(Window(*before), Window(*after), least=200).verdict == verdict


def test_the_interval_of_newcombes_example() -> None:
    """Newcombe 1998, table II, example (a): 56/70 against 48/80, method 10: 0.0524 to 0.3339."""
    effect = compare(Window(80, 48), Window(70, 56), least=1)
    assert round(effect.difference, 4) == 0.2
    assert (round(effect.low, 4), round(effect.high, 4)) == (0.0524, 0.3339)


windows = st.integers(1, 5000).flatmap(
    lambda begun: st.integers(0, begun).map(lambda finished: Window(begun, finished))
)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(before=windows, after=windows)
def test_the_interval_holds_the_difference_and_swaps_with_its_windows(
    before: Window, after: Window
) -> None:
    effect, turned = compare(before, after, least=1), compare(after, before, least=1)
    assert -1 - 1e-9 <= effect.low <= effect.difference <= effect.high <= 1 + 1e-9
    assert effect.low == pytest.approx(-turned.high)


def test_nobody_finishes_who_has_not_begun() -> None:
    with pytest.raises(ValueError, match="begun"):
        Window(3, 4)


def test_only_adopted_effect_earns_points() -> None:
    better = Outcome(released=True, verdict=Verdict.BETTER, gain=Decimal("2.34"))
    many = [Outcome(released=False)] * 50
    assert points(many, SCORING) == Decimal("0.0")
    assert points([Outcome(released=True)], SCORING) == Decimal("1.0")
    assert points([better, *many], SCORING) == Decimal("6.3")
    assert points([Outcome(True, Verdict.WORSE, Decimal(-9))], SCORING) == Decimal("1.0")
    assert points([Outcome(True, Verdict.BETTER, Decimal(50))], SCORING) == Decimal("10.0")


def test_who_was_joined_keeps_a_share() -> None:
    joined = Outcome(released=True, verdict=Verdict.BETTER, gain=Decimal(2), merged=True)
    assert points([joined], SCORING) == Decimal("3.0")


@pytest.mark.parametrize(
    "text",
    [
        "客户 13800138000 说看不懂",
        "138 0013 8000",
        "１３８００１３８０００",
        "330702199003071236",
        "33070219900307123x",
        "卡号 6222 0212 3456 7890 123",
        "write to zhang@example.com",
    ],
)
def test_a_text_with_a_persons_number_is_noticed(text: str) -> None:
    assert tells_of_a_person(text)


@pytest.mark.parametrize("text", ["第 6 步等了 120 秒", "2026-11-28 09:30 起变慢", "佣金 0.025%"])
def test_ordinary_figures_are_no_person(text: str) -> None:
    assert not tells_of_a_person(text)
