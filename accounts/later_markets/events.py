"""What happens to a wish for another market; public refs and codes of markets only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from accounts.evidence.events import EvidenceEvent


@dataclass(frozen=True, kw_only=True)
class WishEvent(EvidenceEvent):
    """Base of what happens to a wish; `subject` is the ref of the application.

    Attributes:
        wish: its ref.
        market: its code.
    """

    wish: UUID
    market: str


@dataclass(frozen=True, kw_only=True)
class MarketAsked(WishEvent):
    """The customer asked for another market."""

    kind: ClassVar[str] = "accounts.market_asked"


@dataclass(frozen=True, kw_only=True)
class MarketSigned(WishEvent):
    """The customer signed for it with a code.

    Attributes:
        text: agreement and version.
        fingerprint: of what was signed.
    """

    kind: ClassVar[str] = "accounts.market_signed"
    text: str
    fingerprint: str


@dataclass(frozen=True, kw_only=True)
class MarketSealed(WishEvent):
    """The signed file was made.

    Attributes:
        file: its ref.
        file_hash: its SHA-256.
        certificate: serial number of the customer's certificate.
    """

    kind: ClassVar[str] = "accounts.market_sealed"
    file: UUID
    file_hash: str
    certificate: str


@dataclass(frozen=True, kw_only=True)
class MarketOpened(WishEvent):
    """The depository opened the account."""

    kind: ClassVar[str] = "accounts.market_opened"


@dataclass(frozen=True, kw_only=True)
class MarketRefused(WishEvent):
    """Nothing was opened.

    Attributes:
        refusal: of `NotOpened`.
        code: the depository's own word; empty where the count alone refused.
    """

    kind: ClassVar[str] = "accounts.market_refused"
    refusal: str
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class MarketTakenBack(WishEvent):
    """The customer gave the wish up."""

    kind: ClassVar[str] = "accounts.market_taken_back"
