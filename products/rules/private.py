"""How private funds are sold: least amount, time to cool off and for the call; pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

SHORTEST = 24
"""Hours; the law knows no shorter time to cool off."""
GIVE_UP = 10
"""Days, for rules that were made before there was an end."""


@dataclass(frozen=True)
class PrivateRules:
    """What every contract of a private fund keeps to.

    Attributes:
        least: yuan in one fund.
        cooling_hours: from the payment on, in which nobody may be asked to confirm.
        call_hours: after them, until which the call is due.
        give_up_days: after the call was due; without a yes by then all of the money goes back.
        version: of the rule.
    """

    least: Decimal
    cooling_hours: int
    call_hours: int
    version: str
    give_up_days: int = GIVE_UP

    def given_up(self, call_due: datetime) -> datetime:
        """The first instant at which a contract that nobody confirmed ends."""
        return call_due + timedelta(days=self.give_up_days)

    def cooling_until(self, paid_at: datetime) -> datetime:
        """The first instant at which the customer may be called."""
        return paid_at + timedelta(hours=self.cooling_hours)

    def call_due(self, paid_at: datetime) -> datetime:
        """By when the customer should be called."""
        return self.cooling_until(paid_at) + timedelta(hours=self.call_hours)


def build_private_rules(value: Mapping[str, Any], version: str) -> PrivateRules:
    """The rule behind its JSON form.

    Raises:
        ValueError: something is missing, not above zero, or shorter than the law allows.
    """
    try:
        least = Decimal(value["least"])
        cooling, call = int(value["cooling_hours"]), int(value["call_hours"])
        give_up = int(value.get("give_up_days", GIVE_UP))
    except (KeyError, TypeError, InvalidOperation) as error:
        raise ValueError("form") from error
    if not least.is_finite() or least <= 0 or cooling < SHORTEST or min(call, give_up) < 1:
        raise ValueError("figures")
    return PrivateRules(least, cooling, call, version, give_up)
