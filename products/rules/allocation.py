"""Sharing out a subscription book: pure functions, exact to the step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

PRO_RATA, BY_TIME = "pro_rata", "by_time"
METHODS = {
    PRO_RATA: {"rest": "largest_remainder", "ties": "earlier"},
    BY_TIME: {"last": "in_part"},
}
"""What this release can do; the dated rule says which of it holds."""


@dataclass(frozen=True)
class AllocationRules:
    """Which ways of sharing out may be chosen for a book, and by which version of the rule."""

    methods: frozenset[str]
    version: str


def build_allocation_rules(value: Mapping[str, Any], version: str) -> AllocationRules:
    """The rule behind its JSON form.

    Raises:
        ValueError: it names a method that this release cannot do.
    """
    if not value or any(METHODS.get(name) != said for name, said in value.items()):
        raise ValueError("methods")
    return AllocationRules(frozenset(value), version)


def allocate(
    method: str, *, target: Decimal, step: Decimal, bids: Sequence[Decimal]
) -> list[Decimal]:
    """What each bid gets, in the order of the bids.

    Args:
        method: PRO_RATA or BY_TIME.
        target: yuan to be placed.
        step: yuan; what each gets is a multiple of it. Of a bid whole steps count.
        bids: yuan, the earliest first.

    Returns:
        Sums that are together the smaller of demand and target (cut to whole steps), none above
        its bid. In proportion, each gets the whole steps of its share; what is left goes step by
        step to the largest remainders, among equals to the earlier bid.
    """
    wanted = [int(bid / step) for bid in bids]
    there = int(target / step)
    if sum(wanted) <= there:
        got = wanted
    elif method == BY_TIME:
        got = _by_time(wanted, there)
    else:
        got = _pro_rata(wanted, there)
    return [step * number for number in got]


def _by_time(wanted: Sequence[int], there: int) -> list[int]:
    got = []
    for number in wanted:
        got.append(min(number, there))
        there -= got[-1]
    return got


def _pro_rata(wanted: Sequence[int], there: int) -> list[int]:
    demand = sum(wanted)
    got = [there * number // demand for number in wanted]
    rest = [there * number % demand for number in wanted]
    order = sorted(range(len(wanted)), key=lambda place: (-rest[place], place))
    for place in order[: there - sum(got)]:
        got[place] += 1
    return got
