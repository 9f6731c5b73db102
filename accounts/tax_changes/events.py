"""What happens to a later tax declaration; public refs only, never what was declared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from accounts.evidence.events import EvidenceEvent


@dataclass(frozen=True, kw_only=True)
class DeclarationEvent(EvidenceEvent):
    """Base; `subject` is the ref of the application.

    Attributes:
        declared: ref of the declaration.
    """

    declared: UUID


@dataclass(frozen=True, kw_only=True)
class TaxDeclared(DeclarationEvent):
    """The customer signed another declaration with a code.

    Attributes:
        fingerprint: of what was signed.
        explained: whether something does not fit together, so that two people look at it.
        late: whether it came later than the rule asks.
    """

    kind: ClassVar[str] = "accounts.tax_declared"
    fingerprint: str
    explained: bool
    late: bool


@dataclass(frozen=True, kw_only=True)
class TaxDeclarationAgreed(DeclarationEvent):
    """One person agreed to the explanation."""

    kind: ClassVar[str] = "accounts.tax_declaration_agreed"


@dataclass(frozen=True, kw_only=True)
class TaxDeclarationCounts(DeclarationEvent):
    """It counts from now on, and the one before ended.

    Attributes:
        replaces: ref of the one before; None where that was the one of the opening.
    """

    kind: ClassVar[str] = "accounts.tax_declaration_counts"
    replaces: UUID | None


@dataclass(frozen=True, kw_only=True)
class TaxDeclarationReturned(DeclarationEvent):
    """It does not count; the customer is asked to declare again."""

    kind: ClassVar[str] = "accounts.tax_declaration_returned"


@dataclass(frozen=True, kw_only=True)
class TaxDeclarationSealed(DeclarationEvent):
    """The signed file was made.

    Attributes:
        file: its ref.
        file_hash: its SHA-256.
        certificate: serial number of the customer's certificate.
    """

    kind: ClassVar[str] = "accounts.tax_declaration_sealed"
    file: UUID
    file_hash: str
    certificate: str
