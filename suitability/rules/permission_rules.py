"""The conditions of one trading permission, as its row of data says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from suitability.rules.conditions import Condition, build_condition
from suitability.rules.paper import InvestorClass


class Kind(StrEnum):
    """What a condition looks at."""

    ASSESSMENT = "assessment"  # in code: a valid one, not the lowest class
    CLASS = "class"
    AVERAGE = "average"
    EXPERIENCE = "experience"
    TEST = "test"
    FACT = "fact"


class BadPermission(ValueError):
    """The row of a permission says nothing that can be checked."""


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One condition; which fields count follows from `kind`.

    Attributes:
        days, amount: AVERAGE: over so many trading days, in yuan.
        least_days: AVERAGE: on so many of these days the amount has to be there, so that a large
            deposit for a day or two is no way; 0 where the average alone counts.
        months: EXPERIENCE: since the first trade.
        test, mark: TEST: which, and the pass mark.
        condition: FACT: see `conditions`.
        at_once: FACT: can be done on the same day, such as signing a disclosure.
        certainty: how sure the figure is, in the letters of the dated rules.
    """

    kind: Kind
    investor_class: InvestorClass | None = None
    days: int = 0
    amount: Decimal = Decimal()
    least_days: int = 0
    months: int = 0
    test: str = ""
    mark: int = 0
    condition: Condition | None = None
    at_once: bool = False
    certainty: str = ""

    def __post_init__(self) -> None:
        complete = {
            Kind.ASSESSMENT: False,
            Kind.CLASS: self.investor_class is not None,
            Kind.AVERAGE: 0 <= self.least_days <= self.days >= 1 and self.amount > 0,
            Kind.EXPERIENCE: self.months >= 1,
            Kind.TEST: bool(self.test) and 0 < self.mark <= 100,
            Kind.FACT: self.condition is not None,
        }
        if not complete[self.kind]:
            raise BadPermission(f"{self.kind}: incomplete")


@dataclass(frozen=True, kw_only=True)
class PermissionRule:
    """One permission: what persons and what organisations must fulfil."""

    key: str
    version: str
    persons: tuple[Requirement, ...]
    organisations: tuple[Requirement, ...]

    @property
    def facts(self) -> frozenset[str]:
        """Every fact that persons or organisations are asked about."""
        asked = [each.condition for each in (*self.persons, *self.organisations)]
        return frozenset().union(*(each.facts for each in asked if each))


def build_permission(content: Mapping[str, Any], key: str, version: str) -> PermissionRule:
    """The rule that the value of a permission's row describes.

    Raises:
        BadPermission, KeyError, ValueError: when it is incomplete or malformed.
    """
    return PermissionRule(
        key=key,
        version=version,
        persons=tuple(_requirement(each) for each in content["persons"]),
        organisations=tuple(_requirement(each) for each in content["organisations"]),
    )


_NUMBERS = ("days", "least_days", "months", "mark")


def _requirement(content: Mapping[str, Any]) -> Requirement:
    kind = Kind(content["kind"])
    found = {name: int(content[name]) for name in _NUMBERS if name in content}
    known = {"kind", "class", "amount", "test", "condition", "at_once", "certainty", *_NUMBERS}
    if unknown := content.keys() - known:
        raise BadPermission(f"{kind}: unknown {sorted(unknown)}")
    amount = content.get("amount", "0")
    if not isinstance(amount, str):
        raise BadPermission(f"{kind}: the amount {amount!r} is no text")
    return Requirement(
        kind=kind,
        investor_class=InvestorClass(content["class"]) if "class" in content else None,
        amount=Decimal(amount),
        test=str(content.get("test", "")),
        condition=build_condition(content["condition"]) if "condition" in content else None,
        at_once=content.get("at_once", False) is True,
        certainty=str(content.get("certainty", "")),
        days=found.get("days", 0),
        least_days=found.get("least_days", 0),
        months=found.get("months", 0),
        mark=found.get("mark", 0),
    )
