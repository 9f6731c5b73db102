"""What happens to an account that nobody uses; public refs and plain values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from accounts.evidence.events import EvidenceEvent


@dataclass(frozen=True, kw_only=True)
class RestAnnounced(EvidenceEvent):
    """Nobody used the account as long as the rule says; the customer is told before the rest.

    Attributes:
        rests_on: the first day of the rest, as an ISO date.
    """

    kind: ClassVar[str] = "accounts.rest_announced"
    rests_on: str


@dataclass(frozen=True, kw_only=True)
class RestCancelled(EvidenceEvent):
    """The account was used again before the rest began."""

    kind: ClassVar[str] = "accounts.rest_cancelled"


@dataclass(frozen=True, kw_only=True)
class AccountAtRest(EvidenceEvent):
    """The rest began, or its next grade.

    Attributes:
        stops: the abilities that are closed from now on.
    """

    kind: ClassVar[str] = "accounts.account_at_rest"
    stops: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AccountWoken(EvidenceEvent):
    """The customer woke the account with a code.

    Attributes:
        lifted: the abilities that were closed.
        opens_on: from which day on they are open, as an ISO date; empty in older entries, where
            they were open at once.
    """

    kind: ClassVar[str] = "accounts.account_woken"
    lifted: tuple[str, ...]
    opens_on: str = ""


@dataclass(frozen=True, kw_only=True)
class AccountOpenAgain(EvidenceEvent):
    """The trading day after the waking has come.

    Attributes:
        lifted: the abilities that are open again.
    """

    kind: ClassVar[str] = "accounts.account_open_again"
    lifted: tuple[str, ...]
