"""What happens to the credit for an opening; public refs and plain values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from accounts.evidence.events import EvidenceEvent


@dataclass(frozen=True, kw_only=True)
class OpeningCredited(EvidenceEvent):
    """The opening was shared out among those who brought, helped and keep.

    Attributes:
        shares: how many.
    """

    kind: ClassVar[str] = "accounts.opening_credited"
    shares: int


@dataclass(frozen=True, kw_only=True)
class OpeningDisputed(EvidenceEvent):
    """A side says that the credit is wrong."""

    kind: ClassVar[str] = "accounts.opening_disputed"


@dataclass(frozen=True, kw_only=True)
class OpeningDisputeAnswered(EvidenceEvent):
    """The dispute was answered.

    Attributes:
        upheld: whether another credit counts now.
    """

    kind: ClassVar[str] = "accounts.opening_dispute_answered"
    upheld: bool
