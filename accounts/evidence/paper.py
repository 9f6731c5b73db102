"""The evidence of agreements that were signed by hand: two people, the print, the pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from accounts.models import Application, Pack, PaperSigning
from accounts.on_paper.events import PackSignedOnPaper, PaperScanned
from accounts.on_paper.selectors import confirmed_paper
from brokerage.journal.models import Entry

Problem = tuple[str, str]


def lacks_of_paper(application: Application, pack: Pack) -> Iterator[Problem]:
    """What does not agree: a word, and which.

    Args:
        application: whose.
        pack: signed by hand.
    """
    paper = confirmed_paper(pack)
    if paper is None:
        yield "paper_not_confirmed", str(pack.ref)
        return
    deciders = {application.recommended_by_id, application.decided_by_id} - {None}
    if deciders & {paper.helper_id, paper.second_id}:
        yield "confirmed_by_its_reviewer", str(paper.ref)
    told = _entry(paper, PackSignedOnPaper.kind)
    first = _entry(paper, PaperScanned.kind)
    people = (first.actor_ref if first else None, told.actor_ref if told else None)
    second = paper.second.ref if paper.second else None
    if people != (paper.helper.ref, second):
        yield "paper_not_in_journal", str(paper.ref)
    if told and told.payload.get("print_hash") != paper.print_sha256:
        yield "print_changed", str(paper.ref)
    if len(_pages(paper)) != len(paper.pages):
        yield "pages_missing", str(paper.ref)


def files_of_paper(pack: Pack) -> list[tuple[str, UUID, str]]:
    """The print and each page: name in the archive, ref, and the hash that the journal has."""
    paper = confirmed_paper(pack)
    if paper is None or paper.print_ref is None:
        return []
    return [
        ("paper/print.pdf", paper.print_ref, paper.print_sha256),
        *[(f"paper/page-{number:02d}", ref, sha256) for number, ref, sha256 in _pages(paper)],
    ]


def facts_of_paper(pack: Pack) -> dict[str, Any] | None:
    """Who printed, saw and confirmed it, for the archive."""
    paper = confirmed_paper(pack)
    if paper is None:
        return None
    return {
        "reason": paper.reason,
        "outlet": str(paper.outlet.ref),
        "first_person": str(paper.helper.ref),
        "second_person": str(paper.second.ref) if paper.second else None,
        "printed_at": paper.printed_at,
        "scanned_at": paper.scanned_at,
        "confirmed_at": paper.confirmed_at,
        "print_sha256": paper.print_sha256,
        "pages": [
            {"number": number, "file": str(ref), "sha256": sha256}
            for number, ref, sha256 in _pages(paper)
        ],
    }


def _pages(paper: PaperSigning) -> list[tuple[int, UUID, str]]:
    """Number, ref and hash of each page as the journal took them down at the confirmation."""
    told = _entry(paper, PackSignedOnPaper.kind)
    lines = [line.split(" ") for line in told.payload["pages"]] if told else []
    return [(int(number), UUID(ref), sha256) for number, ref, sha256 in lines]


def _entry(paper: PaperSigning, kind: str) -> Entry | None:
    rows = Entry.objects.filter(
        subject_type="accounts.application",
        subject_ref=paper.application.ref,
        kind=kind,
        payload__paper=str(paper.ref),
    )
    return rows.order_by("version", "pk").last()
