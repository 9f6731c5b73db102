"""What happens in screening and rating. No customer is named: the journal has more readers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class ListReleased(Event):
    """A list got a new release; `subject` is the release.

    Attributes:
        entries: how many people stand on it.
    """

    kind: ClassVar[str] = "accounts.list_released"
    subject_type: ClassVar[str] = "accounts.listrelease"
    entries: int


@dataclass(frozen=True, kw_only=True)
class StockScreened(Event):
    """Every customer was compared with a release; `subject` is the release.

    Attributes:
        customers: how many.
    """

    kind: ClassVar[str] = "accounts.stock_screened"
    subject_type: ClassVar[str] = "accounts.listrelease"
    customers: int


@dataclass(frozen=True, kw_only=True)
class MatchFound(Event):
    """Somebody has to decide on a match; `subject` is the match."""

    kind: ClassVar[str] = "accounts.match_found"
    subject_type: ClassVar[str] = "accounts.watchhit"


@dataclass(frozen=True, kw_only=True)
class MatchDecided(Event):
    """A match was decided on; `subject` is the match."""

    kind: ClassVar[str] = "accounts.match_decided"
    subject_type: ClassVar[str] = "accounts.watchhit"


@dataclass(frozen=True, kw_only=True)
class MatchProposed(Event):
    """One of two confirmed a politically exposed person; `subject` is the match."""

    kind: ClassVar[str] = "accounts.match_proposed"
    subject_type: ClassVar[str] = "accounts.watchhit"


@dataclass(frozen=True, kw_only=True)
class MatchDisputed(Event):
    """The second person did not agree with a proposal; `subject` is the match."""

    kind: ClassVar[str] = "accounts.match_disputed"
    subject_type: ClassVar[str] = "accounts.watchhit"


@dataclass(frozen=True, kw_only=True)
class CustomerRated(Event):
    """A relationship got its rating; `subject` is the rating."""

    kind: ClassVar[str] = "accounts.customer_rated"
    subject_type: ClassVar[str] = "accounts.amlrating"
