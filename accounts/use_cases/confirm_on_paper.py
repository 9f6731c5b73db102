"""The second person confirms what was signed by hand, or sends it back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.evidence.states import PackStatus
from accounts.facts import forget
from accounts.models import CaseRelease, Pack, PaperSigning
from accounts.on_paper.events import PackSignedOnPaper, PaperSentBack
from accounts.on_paper.selectors import shown_pages
from accounts.on_paper.states import PaperLook, PaperStatus
from accounts.signing.declaration import digest
from accounts.use_cases.release_case import UnableToRelease, held_release
from accounts.use_cases.sign_on_paper import (
    live_paper,
    refuse_unless_all,
    refuse_unless_true,
    refuse_unless_witness,
)
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User


def confirm_paper(
    *, release: CaseRelease, second: User, looks: Collection[str], at: datetime
) -> PaperSigning:
    """A second person confirms paper, person and pages: the pack is signed, the worker seals it.

    Args:
        release: in use by the first person; locked here after its application.
        second: another witness of the outlet.
        looks: what was looked at; all of `PaperLook`.
        at: the instant.

    Raises:
        UnableToRelease: when it is the first person, the release does not hold any more, a page
            is not checked yet, or something was not looked at.
    """
    from accounts.evidence.tasks import seal_in_turn  # tasks call use cases

    with transaction.atomic():
        held, paper = _for_second(release, second, at)
        row = held.application
        if paper.status == PaperStatus.CONFIRMED:
            return paper
        refuse_unless_all(looks)
        refuse_unless_true(paper, row)
        pages = _hashes(paper)
        pack = lock_row(Pack, paper.pack_id)
        if pack.status != PackStatus.PRESENTED:
            raise UnableToRelease(_("These agreements are signed already."))
        pack.move_to(PackStatus.SIGNED)
        pack.signer, pack.declaration = paper.signer, paper.declaration
        pack.signed_at, pack.on_paper, pack.code_hash = at, True, ""
        pack.save()
        paper.move_to(PaperStatus.CONFIRMED)
        paper.second, paper.confirmed_at = second, at
        paper.save(update_fields=["status", "second", "confirmed_at"])
        record(
            PackSignedOnPaper(
                subject=row.ref,
                paper=paper.ref,
                pack=pack.ref,
                fingerprint=pack.fingerprint,
                declaration=digest(pack.declaration) if pack.declaration else "",
                print_hash=paper.print_sha256,
                pages=pages,
                looks=tuple(sorted(map(str, looks))),
            ),
            actor=Actor.of(second),
            at=at,
        )
        forget(row)
        seal_in_turn.defer(ref=str(pack.ref))
        return paper


def send_paper_back(
    *, release: CaseRelease, second: User, lacks: PaperLook, at: datetime
) -> PaperSigning:
    """The second person says what does not agree; the first scans, or prints, again.

    Raises:
        UnableToRelease: as `confirm_paper`.
    """
    with transaction.atomic():
        held, paper = _for_second(release, second, at)
        if paper.status == PaperStatus.CONFIRMED:
            return paper
        paper.move_to(PaperStatus.PRINTED)
        paper.lacks = lacks
        paper.save(update_fields=["status", "lacks"])
        record(
            PaperSentBack(
                subject=held.application.ref,
                paper=paper.ref,
                pack=paper.pack.ref,
                lacks=lacks.value,
            ),
            actor=Actor.of(second),
            at=at,
        )
        return paper


def _for_second(
    release: CaseRelease, second: User, at: datetime
) -> tuple[CaseRelease, PaperSigning]:
    """The release of the first person and the scan that waits, both locked."""
    assert release.helper is not None, "an opened release has its helper"
    held = held_release(release, release.helper, at)
    row = held.application
    if second.pk == row.applicant_id:
        raise UnableToRelease(_("Nobody helps with their own application."))
    if second.pk in (row.claimed_by_id, row.recommended_by_id):
        raise UnableToRelease(
            _("You review this application. Somebody else helps the customer with it.")
        )
    paper = live_paper(row)
    if paper is None or paper.status not in (PaperStatus.SCANNED, PaperStatus.CONFIRMED):
        raise UnableToRelease(_("Nothing signed by hand waits here."))
    if second.pk == paper.helper_id or second.pk == held.helper_id:
        raise UnableToRelease(_("A second person has to confirm it."))
    refuse_unless_witness(held, second, at)
    return held, paper


def _hashes(paper: PaperSigning) -> tuple[str, ...]:
    """Number, ref and hash of the checked copy of each page."""
    lines = []
    for number, page in enumerate(shown_pages(paper.pages), start=1):
        if page is None:
            raise UnableToRelease(
                _(
                    "Page {number} is not checked yet, or no picture. Wait, or scan it again."
                ).format(number=number)
            )
        lines.append(f"{number} {page.ref} {page.sha256}")
    return tuple(lines)
