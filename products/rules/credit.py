"""Who gets which part of what a referral earned, and by when each step is due: pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import Any

CENT = Decimal("0.01")
STEPS = ("registered", "qualified", "tailored", "reported")
CAPPED = ("outlet", "company")


@dataclass(frozen=True)
class OriginationRules:
    """How referrals are followed and credited.

    Attributes:
        days: calendar days for the next step, by status.
        shares: of the net revenue for outlet and branch company; the desk gets the rest.
        caps: yuan that each of them gets at most of one referral.
        dispute_days: so long after a split it may be disputed.
        answer_days: so soon a dispute is to be answered.
        version: of the rule.
    """

    days: Mapping[str, int]
    shares: Mapping[str, Decimal]
    caps: Mapping[str, Decimal]
    dispute_days: int
    answer_days: int
    version: str


@dataclass(frozen=True)
class Credit:
    """Parts in yuan; together they are the revenue."""

    outlet: Decimal
    company: Decimal
    desk: Decimal


def build_origination_rules(value: Mapping[str, Any], version: str) -> OriginationRules:
    """The rule behind its JSON form.

    Raises:
        ValueError: something is missing, negative, or more than there is.
    """
    try:
        days = {step: int(value["days"][step]) for step in STEPS}
        shares = {name: Decimal(value["shares"][name]) for name in CAPPED}
        caps = {name: Decimal(value["caps"][name]) for name in CAPPED}
        dispute_days, answer_days = int(value["dispute_days"]), int(value["answer_days"])
    except (KeyError, TypeError, InvalidOperation) as error:
        raise ValueError("form") from error
    figures = [*shares.values(), *caps.values()]
    if not all(each.is_finite() and each >= 0 for each in figures) or sum(shares.values()) > 1:
        raise ValueError("shares")
    if min(*days.values(), dispute_days, answer_days) < 1:
        raise ValueError("days")
    return OriginationRules(days, shares, caps, dispute_days, answer_days, version)


def split(revenue: Decimal, rules: OriginationRules) -> Credit:
    """Share out the net revenue of one referral.

    Args:
        revenue: yuan in whole cents, not negative.

    Returns:
        Outlet and company get their share cut to the cent, at most their cap; the desk gets what
        is left, so that no cent is lost.
    """
    parts = {
        name: min((revenue * rules.shares[name]).quantize(CENT, ROUND_DOWN), rules.caps[name])
        for name in CAPPED
    }
    return Credit(parts["outlet"], parts["company"], revenue - sum(parts.values()))
