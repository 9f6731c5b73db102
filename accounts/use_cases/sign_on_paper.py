"""Whoever has a name that no font shows signs by hand: print and scan, by the first person."""

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
from accounts.facts import facts_of
from accounts.gateways import Person
from accounts.models import Application, CaseRelease, Pack, PackDocument, PaperSigning
from accounts.on_paper.events import PackPrinted, PaperScanned
from accounts.on_paper.rules import missing_before, reason_for_paper
from accounts.on_paper.states import PaperLook, PaperStatus
from accounts.papers.kinds import person_of
from accounts.selectors import section_of
from accounts.signing.declaration import answers_of, declare
from accounts.signing.typesetting import unprintable
from accounts.states import Step
from accounts.use_cases.help_at_counter import is_witness
from accounts.use_cases.release_case import UnableToRelease, held_release
from accounts.use_cases.signing import present_pack
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
        refuse_unless_witness(held, helper, at)
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
            declaration=declare(section_of(row, Step.TAX)),
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
        refuse_unless_witness(held, helper, at)
        refuse_unless_all(looks)
        paper = live_paper(row)
        if paper is None or paper.print_ref is None:
            raise UnableToRelease(_("Print the agreements first."))
        if paper.status == PaperStatus.CONFIRMED:
            return paper
        refuse_unless_true(paper, row)
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


def refuse_unless_witness(held: CaseRelease, person: User, at: datetime) -> None:
    """Raises UnableToRelease unless this is a trained witness of the outlet."""
    if not is_witness(person, held, at):
        raise UnableToRelease(_("A witness of this outlet does this: a trained opening officer."))


def refuse_unless_all(looks: Collection[str]) -> None:
    """Raises UnableToRelease unless each `PaperLook` was looked at."""
    if set(map(str, looks)) != set(PaperLook.values):
        raise UnableToRelease(
            _("The step stays open until you have looked at all of it yourself.")
        )


def refuse_unless_true(paper: PaperSigning, row: Application) -> None:
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


def live_paper(row: Application) -> PaperSigning | None:
    """The print that counts, locked until the transaction ends; None without one."""
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
