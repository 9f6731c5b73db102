"""What happened to a customer; public refs and plain values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class _CustomerEvent(Event):
    subject_type: ClassVar[str] = "customers.customer"


@dataclass(frozen=True, kw_only=True)
class CustomerRegistered(_CustomerEvent):
    """A customer record was made."""

    kind: ClassVar[str] = "customers.customer_registered"
    user_ref: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class IdentityConfirmed(_CustomerEvent):
    """A document was tied to the customer."""

    kind: ClassVar[str] = "customers.identity_confirmed"
    id_type: str


@dataclass(frozen=True, kw_only=True)
class ProfileCorrected(_CustomerEvent):
    """A new version of the profile was written; only the names of changed fields are told."""

    kind: ClassVar[str] = "customers.profile_corrected"
    version: int
    source: str
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ConsentGiven(_CustomerEvent):
    """The customer agreed to a purpose."""

    kind: ClassVar[str] = "customers.consent_given"
    purpose: str
    text_version: int
    text_sha256: str


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(_CustomerEvent):
    """The customer ended an agreement; whoever relies on it stops."""

    kind: ClassVar[str] = "customers.consent_withdrawn"
    purpose: str


@dataclass(frozen=True, kw_only=True)
class DataExportRequested(_CustomerEvent):
    """The customer asked for a copy of their data."""

    kind: ClassVar[str] = "customers.data_export_requested"
    export: UUID


@dataclass(frozen=True, kw_only=True)
class DataExportReady(_CustomerEvent):
    """The copy can be downloaded."""

    kind: ClassVar[str] = "customers.data_export_ready"
    export: UUID


@dataclass(frozen=True, kw_only=True)
class DataExportDownloaded(_CustomerEvent):
    """The customer downloaded the copy."""

    kind: ClassVar[str] = "customers.data_export_downloaded"
    export: UUID
