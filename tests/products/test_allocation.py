"""Sharing out a book: sums are exact, nobody gets more than they bid, the order is kept."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.rules.allocation import BY_TIME, PRO_RATA, allocate, build_allocation_rules

STEPS = st.sampled_from([Decimal("0.01"), Decimal("1"), Decimal("100"), Decimal("1000")])
NUMBERS = st.lists(st.integers(1, 10**9), max_size=40)
TARGETS = st.integers(0, 10**10)
METHODS = st.sampled_from([PRO_RATA, BY_TIME])


def shared(method: str, target: int, *bids: int) -> list[Decimal]:
    return allocate(
        method, target=Decimal(target), step=Decimal(1), bids=[Decimal(each) for each in bids]
    )


@pytest.mark.parametrize(
    ("target", "bids", "got"),
    [
        (10, (3, 4), [3, 4]),
        (10, (10, 10, 10), [4, 3, 3]),  # equals: the earlier gets the last step
        (10, (6, 6, 8), [3, 3, 4]),
        (1, (5, 6), [0, 1]),  # the larger remainder
        (0, (5,), [0]),
        (5, (), []),
    ],
)
def test_in_proportion(target: int, bids: tuple[int, ...], got: list[int]):
    assert shared(PRO_RATA, target, *bids) == got


def test_first_come_first_served_takes_the_last_in_part():
    assert shared(BY_TIME, 10, 4, 4, 4, 4) == [4, 4, 2, 0]


@given(METHODS, STEPS, TARGETS, NUMBERS)
def test_sums_are_equal_and_no_cent_is_lost(
    method: str, step: Decimal, target: int, numbers: list[int]
):
    bids = [step * number for number in numbers]
    got = allocate(method, target=step * target, step=step, bids=bids)
    assert sum(got) == min(step * target, sum(bids))
    assert all(0 <= share <= bid for share, bid in zip(got, bids, strict=True))
    assert all(share % step == 0 for share in got)


@given(STEPS, TARGETS, NUMBERS)
def test_in_proportion_nobody_is_a_whole_step_from_their_share(
    step: Decimal, target: int, numbers: list[int]
):
    bids = [step * number for number in numbers]
    got = allocate(PRO_RATA, target=step * target, step=step, bids=bids)
    demand = sum(numbers)
    for number, share in zip(numbers, got, strict=True):
        exact = number * min(target, demand)
        assert abs(int(share / step) * demand - exact) < demand


@given(METHODS, TARGETS, NUMBERS)
def test_the_same_book_is_shared_out_the_same_way_again(
    method: str, target: int, numbers: list[int]
):
    assert shared(method, target, *numbers) == shared(method, target, *numbers)


@pytest.mark.parametrize("value", [{}, {"lottery": {}}, {"pro_rata": {"rest": "random"}}])
def test_a_rule_that_this_release_cannot_do_is_no_rule(value: dict[str, object]):
    with pytest.raises(ValueError, match="methods"):
        build_allocation_rules(value, "")
