"""What happens on the way to a trading permission. Neither class nor amount stands here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class CaseEvent(Event):
    """Base: `subject` is the ref of the application.

    Attributes:
        customer: ref of whose it is.
        permission: key, such as `star`.
    """

    subject_type: ClassVar[str] = "accounts.permissionapplication"
    customer: UUID
    permission: str


@dataclass(frozen=True, kw_only=True)
class HeldEvent(Event):
    """Base: `subject` is the ref of the permission's row.

    Attributes:
        customer: ref of whose it is.
        permission: key, such as `star`.
    """

    subject_type: ClassVar[str] = "accounts.tradingpermission"
    customer: UUID
    permission: str


@dataclass(frozen=True, kw_only=True)
class PermissionSuspended(HeldEvent):
    """The rule closed buying: the assessment covers it no more, or ran out. Selling stays open."""

    kind: ClassVar[str] = "accounts.permission_suspended"


@dataclass(frozen=True, kw_only=True)
class PermissionRestored(HeldEvent):
    """The class covers it again; buying is open."""

    kind: ClassVar[str] = "accounts.permission_restored"


@dataclass(frozen=True, kw_only=True)
class PermissionReachable(HeldEvent):
    """What was missing when the customer asked for it is met now; nothing is opened by that."""

    kind: ClassVar[str] = "accounts.permission_reachable"


@dataclass(frozen=True, kw_only=True)
class RevocationProposed(HeldEvent):
    """One person of the firm proposed to revoke it; another decides."""

    kind: ClassVar[str] = "accounts.permission_revocation_proposed"


@dataclass(frozen=True, kw_only=True)
class PermissionRevoked(HeldEvent):
    """It was given back, or two people of the firm revoked it. Selling stays open.

    Attributes:
        by: `Loss`.
    """

    kind: ClassVar[str] = "accounts.permission_revoked"
    by: str


@dataclass(frozen=True, kw_only=True)
class PermissionApplied(CaseEvent):
    """A customer applied.

    Attributes:
        evidence: ref of the frozen average; empty where none is asked for.
    """

    kind: ClassVar[str] = "accounts.permission_applied"
    evidence: str


@dataclass(frozen=True, kw_only=True)
class FirstTradeKnown(CaseEvent):
    """The depository told the first trade, or that there was none."""

    kind: ClassVar[str] = "accounts.permission_first_trade"


@dataclass(frozen=True, kw_only=True)
class AttemptBegun(CaseEvent):
    """An attempt at the knowledge test began.

    Attributes:
        number: of the attempt within the application.
        bank: version of the questions.
    """

    kind: ClassVar[str] = "accounts.permission_test_begun"
    number: int
    bank: str


@dataclass(frozen=True, kw_only=True)
class AttemptEnded(CaseEvent):
    """An attempt ended.

    Attributes:
        number: of the attempt.
        outcome: `AttemptStatus`.
    """

    kind: ClassVar[str] = "accounts.permission_test_ended"
    number: int
    outcome: str


@dataclass(frozen=True, kw_only=True)
class RiskRead(CaseEvent):
    """The risk disclosure was read for its shortest time.

    Attributes:
        text: its key and version.
        opinion: ref of the matching opinion that followed.
    """

    kind: ClassVar[str] = "accounts.permission_risk_read"
    text: str
    opinion: UUID


@dataclass(frozen=True, kw_only=True)
class PermissionSigned(CaseEvent):
    """The customer signed with the code for exactly this fingerprint."""

    kind: ClassVar[str] = "accounts.permission_signed"
    fingerprint: str


@dataclass(frozen=True, kw_only=True)
class PermissionVerdictProposed(CaseEvent):
    """A first reviewer proposed a verdict.

    Attributes:
        verdict: `CaseVerdict`.
    """

    kind: ClassVar[str] = "accounts.permission_verdict_proposed"
    verdict: str


@dataclass(frozen=True, kw_only=True)
class PermissionReported(CaseEvent):
    """The review is over; the exchange is told."""

    kind: ClassVar[str] = "accounts.permission_reported"


@dataclass(frozen=True, kw_only=True)
class PermissionGranted(CaseEvent):
    """The exchange accepted the report.

    Attributes:
        effective_on: first trading day on which it may be used.
    """

    kind: ClassVar[str] = "accounts.permission_granted"
    effective_on: date


@dataclass(frozen=True, kw_only=True)
class PermissionRefused(CaseEvent):
    """The application was refused; why stands in the record."""

    kind: ClassVar[str] = "accounts.permission_refused"


@dataclass(frozen=True, kw_only=True)
class PermissionWithdrawn(CaseEvent):
    """The customer gave it up."""

    kind: ClassVar[str] = "accounts.permission_withdrawn"


@dataclass(frozen=True, kw_only=True)
class PermissionExpired(CaseEvent):
    """It was not signed in time; the frozen evidence would be too old."""

    kind: ClassVar[str] = "accounts.permission_expired"


@dataclass(frozen=True, kw_only=True)
class PermissionSealed(CaseEvent):
    """The signed file was made.

    Attributes:
        file: its ref.
        file_hash: SHA-256 of the file.
        certificate: number of the customer's certificate, hexadecimal.
    """

    kind: ClassVar[str] = "accounts.permission_sealed"
    file: UUID
    file_hash: str
    certificate: str


@dataclass(frozen=True, kw_only=True)
class PermissionOffered(CaseEvent):
    """The customer asked for a code for an outlet.

    Attributes:
        release: ref of the release.
        step: the open one, which it is for.
    """

    kind: ClassVar[str] = "accounts.permission_offered"
    release: UUID
    step: str


@dataclass(frozen=True, kw_only=True)
class PermissionOpenedAtOutlet(CaseEvent):
    """Staff of an outlet opened the application with the customer's code.

    Attributes:
        release: ref of the release.
        outlet: ref of the outlet.
    """

    kind: ClassVar[str] = "accounts.permission_opened_at_outlet"
    release: UUID
    outlet: UUID


@dataclass(frozen=True, kw_only=True)
class PermissionStepHelped(CaseEvent):
    """An outlet did its part of the open step; the actor is who did it.

    Attributes:
        release: under which release.
        outlet: ref of the outlet.
        step: which.
    """

    kind: ClassVar[str] = "accounts.permission_step_helped"
    release: UUID
    outlet: UUID
    step: str


@dataclass(frozen=True, kw_only=True)
class PermissionClosedAtOutlet(CaseEvent):
    """A release ended.

    Attributes:
        release: ref of the release.
        ended_by: why, a word of `ReleaseEnd`.
    """

    kind: ClassVar[str] = "accounts.permission_closed_at_outlet"
    release: UUID
    ended_by: str


@dataclass(frozen=True, kw_only=True)
class PermissionEvidenceExported(CaseEvent):
    """The evidence of the application was exported for an inspection."""

    kind: ClassVar[str] = "accounts.permission_evidence_exported"


@dataclass(frozen=True, kw_only=True)
class PermissionProofTaken(Event):
    """A document that proves a condition was taken; `subject` is the ref of the proof.

    Attributes:
        customer: ref of whose it is.
        fact: what it proves.
    """

    kind: ClassVar[str] = "accounts.permission_proof_taken"
    subject_type: ClassVar[str] = "accounts.permissionproof"
    customer: UUID
    fact: str
