"""Calls after sales: the draw is fair, repeatable and grows with the share; what is a concern."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suitability import shipped
from suitability.rules.following_up import (
    build_follow_up_rules,
    build_questions,
    concerns,
    is_drawn,
)
from suitability.rules.matching import Duty

VALUE = shipped.row("rules/follow_up", "suitability.follow_up")["value"]
RULES = build_follow_up_rules(VALUE, "v")
TEXT = shipped.row("rules/follow_up", "suitability.text.follow_up")["value"]
QUESTIONS = build_questions(TEXT, ("zh-hans", "en"))


def of(share: int) -> Any:
    return replace(RULES, shares={Duty.SPECIAL_PROCEDURE: share})


def test_of_a_hundred_kinds_of_sale_exactly_the_share_is_drawn() -> None:
    sales = [UUID(int=number, version=4) for number in range(10_000, 10_100)]
    for share in (0, 10, 30, 100):
        drawn = [each for each in sales if is_drawn(each.int, [Duty.SPECIAL_PROCEDURE], of(share))]
        assert len(drawn) == share


@given(st.uuids(), st.integers(0, 100), st.integers(0, 100))
def test_a_larger_share_leaves_out_nothing_that_a_smaller_one_drew(
    sale: UUID, one: int, other: int
) -> None:
    small, large = sorted((one, other))
    if is_drawn(sale.int, [Duty.SPECIAL_PROCEDURE], of(small)):
        assert is_drawn(sale.int, [Duty.SPECIAL_PROCEDURE], of(large))


@given(st.uuids())
def test_who_insisted_is_always_called_and_what_owes_nothing_never(sale: UUID) -> None:
    assert is_drawn(sale.int, [Duty.DISCLOSE, Duty.INSIST_ROUTE], RULES)
    assert not is_drawn(sale.int, [Duty.DISCLOSE], RULES)
    assert not is_drawn(sale.int, [], RULES)


def test_each_answer_that_is_not_fine_raises_its_concern() -> None:
    keys = [each.key for each in QUESTIONS]
    for answers in product((True, False), repeat=len(keys)):
        given_ = dict(zip(keys, answers, strict=True))
        expected = tuple(each.key for each in QUESTIONS if given_[each.key] is not each.fine)
        assert concerns(QUESTIONS, given_) == expected


def test_every_question_is_answered_and_no_other() -> None:
    with pytest.raises(ValueError, match="Each question"):
        concerns(QUESTIONS, {QUESTIONS[0].key: True})


@pytest.mark.parametrize(
    "wrong",
    [
        {"shares": {"special_procedure": 101}},
        {"shares": {"special_procedure": -1}},
        {"shares": {"unknown": 10}},
        {"due_days": 0},
        {"tries": 0},
        {"text": "no version"},
    ],
)
def test_a_row_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        build_follow_up_rules(VALUE | wrong, "v")
