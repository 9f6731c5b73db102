"""What happens to agreements on paper; public refs, words and hashes only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from accounts.evidence.events import EvidenceEvent


@dataclass(frozen=True, kw_only=True)
class PaperEvent(EvidenceEvent):
    """Base of what happens to a signature by hand; `subject` is the ref of the application.

    Attributes:
        paper: ref of the PaperSigning.
        pack: ref of the Pack.
    """

    paper: UUID
    pack: UUID


@dataclass(frozen=True, kw_only=True)
class PackPrinted(PaperEvent):
    """Staff printed the agreements, so that the customer signs them by hand.

    Attributes:
        reason: a PaperReason.
        fingerprint: of all texts.
        outlet: ref of the outlet.
    """

    kind: ClassVar[str] = "accounts.pack_printed"
    reason: str
    fingerprint: str
    outlet: UUID


@dataclass(frozen=True, kw_only=True)
class PaperScanned(PaperEvent):
    """The signed pages were scanned by whoever saw the customer sign.

    Attributes:
        files: refs of the pages, in order.
        looks: what was looked at, words of PaperLook.
    """

    kind: ClassVar[str] = "accounts.paper_scanned"
    files: tuple[UUID, ...]
    looks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PaperSentBack(PaperEvent):
    """The second person did not confirm it.

    Attributes:
        lacks: what does not agree, a word of PaperLook.
    """

    kind: ClassVar[str] = "accounts.paper_sent_back"
    lacks: str


@dataclass(frozen=True, kw_only=True)
class PackSignedOnPaper(PaperEvent):
    """A second person confirmed paper, person and pages: from now on the pack is signed.

    Attributes:
        fingerprint: what was signed.
        declaration: digest of the tax declaration that was signed with it; empty without one.
        print_hash: SHA-256 of what was printed.
        pages: for each page "number file hash": of the copy that stands in the sealed file.
        looks: what was looked at, words of PaperLook.
    """

    kind: ClassVar[str] = "accounts.pack_signed_on_paper"
    fingerprint: str
    declaration: str
    print_hash: str
    pages: tuple[str, ...]
    looks: tuple[str, ...]
