"""What happens to institutions and their clients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class PartnerStatusChanged(Event):
    """An institution was suspended, taken back, or ended."""

    kind: ClassVar[str] = "partners.partner_status_changed"
    subject_type: ClassVar[str] = "partners.partner"
    status: str


@dataclass(frozen=True, kw_only=True)
class SecretIssued(Event):
    """A client got a new secret.

    Attributes:
        slot: which of its two.
        oauth_client: public id of the credential.
    """

    kind: ClassVar[str] = "partners.secret_issued"
    subject_type: ClassVar[str] = "partners.apiclient"
    slot: int
    oauth_client: str


@dataclass(frozen=True, kw_only=True)
class ClientSuspended(Event):
    """A client may not call any more."""

    kind: ClassVar[str] = "partners.client_suspended"
    subject_type: ClassVar[str] = "partners.apiclient"


@dataclass(frozen=True, kw_only=True)
class EntryLinkMade(Event):
    """A partner made a link for its customers."""

    kind: ClassVar[str] = "partners.entry_link_made"
    subject_type: ClassVar[str] = "partners.entrylink"
    partner: UUID
