"""The dated figures of commission: fees of others, cap, and who may go how low."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branches.commission.quoting import FEES, Fees
from branches.commission.terms import Level
from brokerage.core.written import SOME_DAY, Written
from brokerage.reference.dated import NoRuleInForce
from brokerage.reference.models import Rule
from brokerage.reference.schemas import BadRuleValue, Schema, Type
from brokerage.reference.use_cases.load_reference import ship

CAP = "commission.cap"
AUTHORITY = "commission.authority"
REVIEW = "commission.review"
SAMPLE = "commission.sample_trade"
FILE = Path(__file__).parent.parent / "reference" / "commission.yaml"
NAMES = ("handling", "regulatory", "transfer", "stamp_duty")
BOTH_SIDES = "duty_on_purchases"
"""Said only where stamp duty falls on purchases too."""


def _check_fees(value: Any) -> None:
    if isinstance(value, dict) and BOTH_SIDES in value:
        if value[BOTH_SIDES] is not True:
            raise BadRuleValue(f"{BOTH_SIDES} is true, or is not there.")
        value = {name: share for name, share in value.items() if name != BOTH_SIDES}
    _check_table(value, NAMES, most=Decimal("0.01"))


def _check_authority(value: Any) -> None:
    _check_table(value, Level.values, most=Decimal("0.003"))
    limits = [Decimal(value[level]) for level in Level.values]
    if limits != sorted(limits, reverse=True):
        raise BadRuleValue("A higher level may go at least as low as the one under it.")


def _check_review(value: Any) -> None:
    good = isinstance(value, dict) and set(value) == {"ahead", "days"}
    if not good or any(type(days) is not int or days < 1 for days in value.values()):
        raise BadRuleValue("It names ahead and days, whole numbers of days.")


def _check_table(value: Any, names: Any, *, most: Decimal) -> None:
    share = Schema(key=FEES, label="", type=Type.DECIMAL, least=0, most=most)
    if not isinstance(value, dict) or set(value) != set(names):
        raise BadRuleValue(f"The table names exactly {', '.join(names)}.")
    for each in value.values():
        share.read(each)


SCHEMAS = (
    Schema(
        key=FEES,
        label=_("Fees of exchange, regulator, depository and state"),
        type=Type.TABLE,
        check=_check_fees,
    ),
    Schema(
        key=CAP,
        label=_("Highest commission, fees included"),
        type=Type.DECIMAL,
        unit="share of the amount",
        least=0,
        most=Decimal("0.003"),
    ),
    Schema(
        key=AUTHORITY,
        label=_("Lowest commission that each level may release"),
        type=Type.TABLE,
        check=_check_authority,
    ),
    Schema(
        key=REVIEW,
        label=_("How early new fees are compared with rates, and until when these are put right"),
        type=Type.TABLE,
        check=_check_review,
    ),
    Schema(
        key=SAMPLE,
        label=_("Sample trade of a quote"),
        type=Type.DECIMAL,
        unit="yuan",
        least=100,
        most=10_000_000,
    ),
)


def register() -> None:
    """Make the figures known to the loader of dated rules."""
    ship("branches.commission", FILE, *SCHEMAS)


def fees_on(day: date, market: str, product: str) -> Fees:
    """The fees in force on the business date `day`, with the cap of that day; one query.

    Raises:
        NoRuleInForce: when nobody has entered the fees.
    """
    scope = f"{market}:{product}"
    found = _tables(FEES_ON.load(day=day, scope=scope))
    if scope not in found:
        raise NoRuleInForce(FEES, day, scope)
    return found[scope]


FEES_ON = Written(
    lambda day, scope: Rule.objects.on(day).filter(Q(key=CAP) | Q(key=FEES, scope=scope)),
    day=SOME_DAY,
    scope="a market and a product",
)


def all_fees(day: date) -> dict[tuple[str, str], Fees]:
    """All fees in force on `day` by market and product, in one query."""
    found = _tables(Rule.objects.on(day).filter(key__in=[CAP, FEES]))
    return {tuple(scope.split(":")): fees for scope, fees in found.items()}  # type: ignore[misc]


def _tables(rules: Iterable[Rule]) -> dict[str, Fees]:
    """Fees by scope, each with the cap that is among the rules."""
    rows = list(rules)
    cap = next((row.figure for row in rows if row.key == CAP), None)
    return {row.scope: fees_of(row, cap) for row in rows if row.key == FEES}


def fees_of(rule: Rule, cap: Decimal | None = None) -> Fees:
    """The fees of one dated row; `cap` is a share of the amount traded."""
    shares = {name: Decimal(rule.value[name]) for name in NAMES}
    both = rule.value.get(BOTH_SIDES, False)
    return Fees(version=rule.version, cap=cap, duty_on_purchases=both, **shares)
