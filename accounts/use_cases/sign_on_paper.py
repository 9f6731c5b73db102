"""Whoever has a name that no font shows signs by hand: print, scan, and a second pair of eyes."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.evidence.states import PackStatus
from accounts.facts import facts_of, forget
from accounts.gateways import Person
from accounts.models import Application, CaseRelease, Pack, PackDocument, PaperSigning
from accounts.on_paper.events import PackPrinted, PackSignedOnPaper, PaperScanned, PaperSentBack
from accounts.on_paper.rules import missing_before, reason_for_paper
from accounts.on_paper.selectors import shown_pages
from accounts.on_paper.states import PaperLook, PaperStatus
from accounts.papers.kinds import person_of
from accounts.selectors import section_of
from accounts.signing.declaration import answers_of, declare, digest
from accounts.signing.typesetting import unprintable
from accounts.states import Step
from accounts.use_cases.help_at_counter import is_witness
from accounts.use_cases.release_case import UnableToRelease, held_release
from accounts.use_cases.signing import present_pack
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User

PAGES_MOST = 40


def may_sign_by_hand(application: Application) -> bool:
    """Whether the agreements are still to be signed, and no file could show the name."""
    return (
        reason_for_paper(unprintable(application.applicant_name or "")) is not None
        and application.may_change(Step.AGREEMENTS)
        and not missing_before(facts_of(application).done)
    )


def print_pack(*, release: CaseRelease, helper: User, language: str, at: datetime) -> PaperSigning:
    """Have the agreements printed with a blank for the name; an earlier print counts no more.

    The worker makes the file. From now on the texts count as open before the customer.

    Args:
        release: in use by `helper`; locked here after its application.
        helper: a witness of the outlet, who stays with the customer.
        language: in which the customer reads and signs.
        at: the instant.

    Raises:
        UnableToRelease: when the name can be printed, something comes first, or the release does
            not hold.
    """
    from accounts.on_paper.tasks import make_print  # tasks call use cases

    with transaction.atomic():
        held = held_release(release, helper, at)
        row = held.application
        reason = _reason(row)
        _refuse_unless_witness(held, helper, at)
        actor = Actor.of(helper)
        pack = present_pack(application=row, language=language, actor=actor, at=at)
        if pack.status != PackStatus.PRESENTED:
            raise UnableToRelease(_("These agreements are signed already."))
        _drop(row)
        assert held.outlet is not None, "an opened release has its outlet"
        made = PaperSigning.objects.create(
            application=row,
            pack=pack,
            release=held,
            outlet=held.outlet,
            reason=reason,
            helper=helper,
            signer=json.dumps(asdict(_signer(row)), ensure_ascii=False),
            declaration=declare(row),
            printed_at=at,
        )
        PackDocument.objects.filter(pack=pack, opened_at=None).update(opened_at=at)
        record(
            PackPrinted(
                subject=row.ref,
                paper=made.ref,
                pack=pack.ref,
                reason=reason,
                fingerprint=pack.fingerprint,
                outlet=held.outlet.ref,
            ),
            actor=actor,
            at=at,
        )
        make_print.defer(ref=str(made.ref))
        return made


def keep_scan(
    *,
    release: CaseRelease,
    helper: User,
    pages: Sequence[UUID],
    looks: Collection[str],
    at: datetime,
) -> PaperSigning:
    """Keep the signed pages; who saw the customer sign says what they looked at.

    Args:
        release: in use by `helper`; locked here after its application.
        helper: a witness of the outlet.
        pages: refs of the scanned pages in order (purpose accounts.signed_page).
        looks: what was looked at; all of `PaperLook`.
        at: the instant; the texts count as read by then.

    Raises:
        UnableToRelease: when it came too soon to have been read, pages are missing, or the print
            is not of what the customer says now.
    """
    with transaction.atomic():
        held = held_release(release, helper, at)
        row = held.application
        _refuse_unless_witness(held, helper, at)
        _refuse_unless_all(looks)
        paper = _live(row)
        if paper is None or paper.print_ref is None:
            raise UnableToRelease(_("Print the agreements first."))
        if paper.status == PaperStatus.CONFIRMED:
            return paper
        _refuse_unless_true(paper, row)
        if not 1 <= len(pages) <= PAGES_MOST:
            raise UnableToRelease(_("Scan every page, {most} at most.").format(most=PAGES_MOST))
        _read(paper.pack, at)
        if paper.status != PaperStatus.SCANNED:  # else the pages are scanned once more
            paper.move_to(PaperStatus.SCANNED)
        assert held.outlet is not None, "an opened release has its outlet"
        paper.helper, paper.release, paper.outlet = helper, held, held.outlet
        paper.pages, paper.looks, paper.lacks = list(pages), sorted(map(str, looks)), ""
        paper.scanned_at = at
        paper.save()
        record(
            PaperScanned(
                subject=row.ref,
                paper=paper.ref,
                pack=paper.pack.ref,
                files=tuple(pages),
                looks=tuple(paper.looks),
            ),
            actor=Actor.of(helper),
            at=at,
        )
        return paper


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
        _refuse_unless_all(looks)
        _refuse_unless_true(paper, row)
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


def _reason(row: Application) -> str:
    reason = reason_for_paper(unprintable(row.applicant_name or ""))
    if reason is None:
        raise UnableToRelease(
            _("This name can be printed, so the customer signs with a code on the phone.")
        )
    if not row.may_change(Step.AGREEMENTS):
        raise UnableToRelease(_("These agreements are signed already."))
    if missing_before(facts_of(row).done):
        raise UnableToRelease(
            _("Document and tax declaration come first, and the customer confirms them.")
        )
    return reason.value


def _refuse_unless_witness(held: CaseRelease, person: User, at: datetime) -> None:
    if not is_witness(person, held, at):
        raise UnableToRelease(_("A witness of this outlet does this: a trained opening officer."))


def _refuse_unless_all(looks: Collection[str]) -> None:
    if set(map(str, looks)) != set(PaperLook.values):
        raise UnableToRelease(
            _("The step stays open until you have looked at all of it yourself.")
        )


def _refuse_unless_true(paper: PaperSigning, row: Application) -> None:
    """What was printed is what the customer says now: name, document, declaration, texts."""
    section = section_of(row, Step.TAX)
    declared = section.answers if section and section.is_done else {}
    same = Person(**json.loads(paper.signer or "{}")) == _signer(row)
    if not same or answers_of(paper.declaration) != declared:
        raise UnableToRelease(
            _("The customer changed name, document or declaration since. Print it again.")
        )
    if paper.pack.status != PackStatus.PRESENTED:
        raise UnableToRelease(_("There are newer agreements. Print them again."))


def _read(pack: Pack, at: datetime) -> None:
    """The texts count as read by the clock of the server, all of them one after the other."""
    unread = list(pack.documents.filter(read_at=None).select_related("text"))
    if not unread:
        return
    opened = max(each.opened_at or at for each in unread)
    ready = opened + timedelta(seconds=sum(each.text.least_seconds for each in unread))
    if at < ready:
        left = max(1, round((ready - at).total_seconds()))
        raise UnableToRelease(
            ngettext(
                "Nobody has read all pages so soon. Take {number} more second.",
                "Nobody has read all pages so soon. Take {number} more seconds.",
                left,
            ).format(number=left)
        )
    pack.documents.filter(read_at=None).update(read_at=at)


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
    paper = _live(row)
    if paper is None or paper.status not in (PaperStatus.SCANNED, PaperStatus.CONFIRMED):
        raise UnableToRelease(_("Nothing signed by hand waits here."))
    if second.pk == paper.helper_id or second.pk == held.helper_id:
        raise UnableToRelease(_("A second person has to confirm it."))
    _refuse_unless_witness(held, second, at)
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


def _live(row: Application) -> PaperSigning | None:
    papers = PaperSigning.objects.current().select_for_update(of=("self",))
    return papers.select_related("pack").filter(application=row).first()


def _drop(row: Application) -> None:
    """Let earlier prints count no more; what was confirmed of an older pack stays as it is."""
    prints = PaperSigning.objects.select_for_update().filter(application=row)
    for before in prints.filter(status__in=(PaperStatus.PRINTED, PaperStatus.SCANNED)):
        before.move_to(PaperStatus.DROPPED)
        before.save(update_fields=["status"])


def _signer(row: Application) -> Person:
    section = section_of(row, Step.IDENTITY)
    return person_of(section.answers if section else {})
