"""What happens to an active account; public refs and plain values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

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


@dataclass(frozen=True, kw_only=True)
class KeyDataChanged(EvidenceEvent):
    """Two people agreed to another name or number; the old ones stay in the profile's versions.

    Attributes:
        fields: name, id_number; never their values.
    """

    kind: ClassVar[str] = "accounts.key_data_changed"
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ClosingEvent(EvidenceEvent):
    """Base of what happens to a closing; `subject` is the ref of the application.

    Attributes:
        closing: ref of the closing.
    """

    closing: UUID


@dataclass(frozen=True, kw_only=True)
class ClosingAsked(ClosingEvent):
    """The customer wants to close the account; nothing is in the way."""

    kind: ClassVar[str] = "accounts.closing_asked"


@dataclass(frozen=True, kw_only=True)
class ClosingConfirmed(ClosingEvent):
    """The customer confirmed it with a code; the promise runs.

    Attributes:
        due_at: the promise, as an ISO instant.
    """

    kind: ClassVar[str] = "accounts.closing_confirmed"
    due_at: str


@dataclass(frozen=True, kw_only=True)
class ClosingWithdrawn(ClosingEvent):
    """The customer took it back before anybody outside was asked."""

    kind: ClassVar[str] = "accounts.closing_withdrawn"


@dataclass(frozen=True, kw_only=True)
class ClosingBegan(ClosingEvent):
    """The depository is asked now."""

    kind: ClassVar[str] = "accounts.closing_began"


@dataclass(frozen=True, kw_only=True)
class ClosingHeld(ClosingEvent):
    """Something is in the way: a counterparty refused, or a new obstacle turned up.

    Attributes:
        problem: a code.
    """

    kind: ClassVar[str] = "accounts.closing_held"
    problem: str


@dataclass(frozen=True, kw_only=True)
class AccountClosed(ClosingEvent):
    """Market accounts, link and cash account are closed."""

    kind: ClassVar[str] = "accounts.account_closed"
