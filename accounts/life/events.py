"""What happens to an active account; public refs and plain values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from accounts.evidence.events import EvidenceEvent


@dataclass(frozen=True, kw_only=True)
class DocumentEnding(EvidenceEvent):
    """A rung of the ladder was reached.

    Attributes:
        days: of the rung, before the end.
        valid_to: the last day, as an ISO date.
    """

    kind: ClassVar[str] = "accounts.document_ending"
    days: int
    valid_to: str


@dataclass(frozen=True, kw_only=True)
class DocumentExpired(EvidenceEvent):
    """The last day of the document is over; nothing is limited yet."""

    kind: ClassVar[str] = "accounts.document_expired"
    valid_to: str


@dataclass(frozen=True, kw_only=True)
class AccountLimited(EvidenceEvent):
    """The document was not renewed in the time of the rule.

    Attributes:
        stops: the abilities that are closed from now on.
    """

    kind: ClassVar[str] = "accounts.account_limited"
    valid_to: str
    stops: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RenewalSent(EvidenceEvent):
    """The customer sent a new document."""

    kind: ClassVar[str] = "accounts.renewal_sent"


@dataclass(frozen=True, kw_only=True)
class RenewalProposed(EvidenceEvent):
    """One person agreed to the new document; a second decides."""

    kind: ClassVar[str] = "accounts.renewal_proposed"


@dataclass(frozen=True, kw_only=True)
class RenewalReturned(EvidenceEvent):
    """The customer is asked to send the new document again.

    Attributes:
        lack: a Lack.
    """

    kind: ClassVar[str] = "accounts.renewal_returned"
    lack: str


@dataclass(frozen=True, kw_only=True)
class DocumentRenewed(EvidenceEvent):
    """Two people agreed: the new document counts, and what was limited is open again.

    Attributes:
        valid_to: its last day; empty for one without end.
        lifted: the abilities that are open again.
    """

    kind: ClassVar[str] = "accounts.document_renewed"
    valid_to: str
    lifted: tuple[str, ...] = ()
