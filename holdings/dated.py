"""The dated figures of this app: their form, and how the release loads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from brokerage.core.money import CENT
from brokerage.customers.models.customers import Kind
from brokerage.reference.dated import NoRuleInForce
from brokerage.reference.models import Rule
from brokerage.reference.schemas import BadRuleValue, Schema, Type, table_of, whole
from brokerage.reference.use_cases.load_reference import ship
from holdings.states import VALUED, FileKind, Segment

SERVICE_TIER = "holdings.service_tier"
SEGMENTS = "holdings.segments"
FILES_DUE = "holdings.files_due"
FILES_EXPECTED = "holdings.files_expected"
LOOKED_AT = "holdings.corrections_looked_for"
RETENTION = "retention.holdings"
FILE = Path(__file__).parent / "reference" / "rules.yaml"


LEAST = Schema(key="least", label="", type=Type.DECIMAL, unit="yuan", least=CENT, most=10**12)


def _check_kinds(value: Any) -> None:
    """Kinds of files, each once; what values a day is always among them."""
    if not isinstance(value, list) or not set(VALUED) <= set(value) <= set(FileKind.values):
        raise BadRuleValue(f"It names kinds of files, {', '.join(VALUED)} among them.")
    if len(set(value)) != len(value):
        raise BadRuleValue("It names each kind once.")


SCHEMAS = (
    Schema(
        key=SERVICE_TIER,
        label=_("Average assets from which a customer has full service"),
        type=Type.TABLE,
        check=table_of(whole("days", 1, 250), LEAST),
    ),
    Schema(
        key=SEGMENTS,
        label=_("Average assets from which a person is a high-net-worth customer"),
        type=Type.DECIMAL,
        unit="yuan",
        least=CENT,
        most=10**12,
    ),
    Schema(
        key=FILES_DUE,
        label=_("When the files of a trading day are due"),
        type=Type.INTEGER,
        unit="minutes after midnight",
        least=15 * 60,
        most=36 * 60,
    ),
    Schema(
        key=FILES_EXPECTED,
        label=_("Which files the trading counter hands out each trading day"),
        type=Type.TABLE,
        check=_check_kinds,
    ),
    Schema(
        key=LOOKED_AT,
        label=_("How many trading days are asked for corrections each hour"),
        type=Type.INTEGER,
        unit="trading days",
        least=1,
        most=20,
    ),
    Schema(
        key=RETENTION, label=_("How long trades, positions and assets are kept"), type=Type.PERIOD
    ),
)


@dataclass(frozen=True)
class TierRule:
    """The dated rule of service tiers.

    Attributes:
        version: of the rule.
        days: the average is over so many trading days.
        least: yuan from which service is full.
    """

    version: str
    days: int
    least: Decimal


@dataclass(frozen=True)
class SegmentRule:
    """The dated rule of segments.

    Attributes:
        least: average in yuan from which a person is a high-net-worth customer.
    """

    least: Decimal

    def of(self, average: Decimal, kind: str) -> Segment:
        """The segment of a customer of this kind with this average in yuan."""
        if kind == Kind.ORGANISATION:
            return Segment.INSTITUTION
        return Segment.WEALTHY if average >= self.least else Segment.RETAIL


def segment_rule(on: date) -> SegmentRule:
    """From which assets on a person counts as wealthy on `on`; raises NoRuleInForce."""
    return SegmentRule(Decimal(Rule.objects.in_force(SEGMENTS, on).figure))


def tier_rule(on: date) -> TierRule:
    """Which assets give which service on the business date `on`; raises NoRuleInForce."""
    rule = Rule.objects.in_force(SERVICE_TIER, on)
    return TierRule(rule.version, rule.figure["days"], Decimal(rule.figure["least"]))


def looked_at(on: date) -> int:
    """How many trading days are asked for corrections on `on`; raises NoRuleInForce."""
    days: int = Rule.objects.in_force(LOOKED_AT, on).figure
    return days


def expected_files(days: Iterable[date]) -> dict[date, frozenset[FileKind]]:
    """Which kinds of files each of `days` has to have, by the rule of that day; one query.

    A kind that a release adds is expected from its first day on, never of a day before it.

    Raises:
        NoRuleInForce: when no rule says it of one of the days.
    """
    rows = list(Rule.objects.approved().filter(key=FILES_EXPECTED).order_by("-valid_from"))
    return {day: _expected_on(day, rows) for day in days}


def _expected_on(day: date, rows: list[Rule]) -> frozenset[FileKind]:
    for row in rows:
        if row.valid_from <= day and (row.valid_to is None or day < row.valid_to):
            return frozenset(map(FileKind, row.figure))
    raise NoRuleInForce(FILES_EXPECTED, day)


def register() -> None:
    """Make the figures known to the loader of dated rules."""
    ship("holdings.rules", FILE, *SCHEMAS)
