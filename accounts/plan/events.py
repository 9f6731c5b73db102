"""What happens in the first days of an account; public refs and plain values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from accounts.evidence.events import EvidenceEvent


@dataclass(frozen=True, kw_only=True)
class FirstDaysBegan(EvidenceEvent):
    """The plan of an active account began.

    Attributes:
        ends_on: the first day after it, as an ISO date.
    """

    kind: ClassVar[str] = "accounts.first_days_began"
    ends_on: str


@dataclass(frozen=True, kw_only=True)
class GreetingTried(EvidenceEvent):
    """The outlet greeted the customer, or tried to.

    Attributes:
        outcome: a GreetingOutcome.
        over: whether nobody tries again.
    """

    kind: ClassVar[str] = "accounts.greeting_tried"
    outcome: str
    over: bool
