"""What an application that expired proves is not asked for twice: photos, and the police answer.

A video is given anew: it shows who wants the account now.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from accounts.entries import find_entry
from accounts.evidence.dated import ReuseTerms, reuse_terms
from accounts.evidence.events import CheckCarriedOver
from accounts.evidence.states import CheckKind, CheckResult, CheckStatus, ReadingStatus
from accounts.files import IDENTITY_DOCUMENT
from accounts.models import Application, OutsideCheck
from accounts.papers.kinds import CARD, paper_of
from accounts.selectors import section_of
from accounts.states import Status, Step
from accounts.use_cases.look_again import ran_out
from accounts.use_cases.outside_checks import ACTOR
from accounts.use_cases.photos import SIDES, keep_photo, pictures_of
from accounts.use_cases.readings import readings_of
from accounts.use_cases.save_section import StepRefused
from brokerage.core.clock import business_date
from brokerage.customers.models import Consent
from brokerage.files import api as files
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

PHOTOS_OF_DOCUMENT = "identity_document"
"""The purpose whose consent still has to stand."""


def counts_still(before: Application, at: datetime) -> bool:
    """Whether what an earlier application proves may be used again: expired, and not long ago."""
    terms = reuse_terms(business_date(at))
    if before.status != Status.EXPIRED or before.ended_at is None:
        return False
    return at - before.ended_at <= timedelta(days=terms.days)


def reuse_in_locked(*, before: Application, row: Application, at: datetime) -> None:
    """Give a new application the origin and the police answer of one that expired.

    Args:
        before: expired (`counts_still`).
        row: the new one; locked by the caller, who saves it.
        at: the instant.
    """
    if entry := find_entry(before.entry_ref, at):  # a link that lives no more counts no more
        row.entry_ref, row.origin_ref = entry.ref, entry.origin_ref
    terms = reuse_terms(business_date(at))
    if check := _police_answer(before, terms, at):
        _carry(check, row, at)


def reuse_photos(*, before: Application, draft: Application, actor: Actor, at: datetime) -> int:
    """Copy the photos of the document into a new draft that has none; not in a transaction.

    The copies are checked and read like any other, and the customer looks at them and says that
    they are right. The earlier application keeps its own.

    Args:
        before: expired (`counts_still`).
        draft: begun with its answers.
        actor: the customer.
        at: the instant.

    Returns:
        How many were taken over: both sides or none.
    """
    found = _photos(before, at) if counts_still(before, at) else {}
    if set(found) != set(SIDES) or pictures_of(draft).keys() & set(SIDES):
        return 0
    done = 0
    for side, ref in found.items():
        done += _copy(draft, side, ref, actor, at)
    return done


def _photos(before: Application, at: datetime) -> dict[str, UUID]:
    """The sides that were read, of a document that is still valid; {} where the consent ended."""
    part = section_of(before, Step.IDENTITY)
    if part is None or paper_of(part.answers) != CARD or ran_out(part.answers, business_date(at)):
        return {}
    if not _agreed(before):
        return {}
    refs = {side: ref for side, ref in pictures_of(before, part).items() if side in SIDES}
    read = readings_of([str(ref) for ref in refs.values()])
    return {
        side: ref
        for side, ref in refs.items()
        if str(ref) in read and read[str(ref)].status == ReadingStatus.READ
    }


def _agreed(before: Application) -> bool:
    rows = Consent.objects.filter(customer=before.customer_id, purpose=PHOTOS_OF_DOCUMENT)
    return rows.filter(withdrawn_at=None).exists()


def _copy(draft: Application, side: str, ref: UUID, actor: Actor, at: datetime) -> bool:
    try:
        kept = files.open_kept(ref)
        if kept is None:
            return False
        with (
            kept[1] as plain,
            files.storing(
                upload=plain,
                purpose=IDENTITY_DOCUMENT,
                owner_ref=draft.ref,
                actor=actor,
                at=at,
            ) as file,
        ):
            section = section_of(draft, Step.IDENTITY)
            keep_photo(
                application=draft,
                side=side,
                file_ref=file.ref,
                version=section.version if section else 0,
                actor=actor,
                at=at,
            )
    except (files.FileDamaged, files.UnableToStore, StepRefused):
        return False  # the customer takes it anew, as without all this
    return True


def _police_answer(before: Application, terms: ReuseTerms, at: datetime) -> OutsideCheck | None:
    """The answer that name and number agree, where it is young enough."""
    rows = OutsideCheck.objects.current().filter(
        application=before,
        kind=CheckKind.IDENTITY,
        status=CheckStatus.ANSWERED,
        result=CheckResult.MATCH,
        ended_at__gte=at - timedelta(days=terms.police_days),
    )
    return rows.first()


def _carry(check: OutsideCheck, row: Application, at: datetime) -> None:
    """The same question is not asked again (`request_in_locked`); another one replaces it."""
    made = OutsideCheck.objects.create(
        application=row,
        kind=check.kind,
        status=check.status,
        question=check.question,
        question_hash=check.question_hash,
        attempts=check.attempts,
        result=check.result,
        answer=check.answer,
        created_at=check.created_at,
        ended_at=check.ended_at,
        sandbox=check.sandbox,
    )
    told = CheckCarriedOver(
        subject=row.ref,
        check=made.ref,
        of_kind=made.kind,
        before=check.ref,
        result=made.result,
    )
    record(told, actor=ACTOR, at=at)
