"""Record an opening in chapters: begin, keep a chapter, redo one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.evidence.dated import VIDEO_MODE, VIDEO_SCRIPT
from accounts.evidence.events import ChapterKept, ChapterReopened, WitnessingCompleted
from accounts.evidence.states import WitnessingMode, WitnessingStatus
from accounts.files import RECORDING
from accounts.models.application import Application
from accounts.models.recordings import Chapter, Witnessing
from accounts.states import Step
from accounts.use_cases.timing import time_of
from branches.models import OrgUnit
from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.core.saving import write_of
from brokerage.core.written import SOME_KEY, SOME_REF, Written
from brokerage.files import api as files
from brokerage.files import chapters
from brokerage.files.chapters import ChapterStatus, UnableToRecord
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.models import Rule
from brokerage.users.models import User

REDO = "redo"
CURRENT = Written(
    lambda application: Witnessing.objects.current().filter(application=application),
    application=SOME_KEY,
)
CURRENT_LOCKED = Written(
    lambda application: (
        Witnessing.objects.current()
        .filter(application=application)
        .select_for_update(of=("self",))
        .select_related("witness", "place")
    ),
    application=SOME_KEY,
)


class AlreadyKept(Exception):
    """A chapter has this very recording: the answer to the first one was lost on its way."""


def _whole(**chapter: Any) -> QuerySet[Chapter]:
    """All chapters of the recording of one, both locked: the recording first."""
    one = Chapter.objects.filter(**chapter).order_by().values("witnessing")[:1]
    rows = Chapter.objects.filter(witnessing=one).select_related("witnessing")
    return rows.select_for_update(of=("witnessing", "self"))


LOCKED = Written(lambda chapter: _whole(pk=chapter), chapter=SOME_KEY)
LOCKED_OF = Written(
    lambda ref, application: _whole(ref=ref, witnessing__application=application),
    ref=SOME_REF,
    application=SOME_KEY,
)


def begin_witnessing(
    *,
    application: Application,
    language: str,
    at: datetime,
    witness: User | None = None,
    place: OrgUnit | None = None,
) -> Witnessing:
    """The recording that somebody works on: the one there is, or a new one.

    What was begun in another mode (at home, at an outlet) is replaced unless it is complete: one
    recording is made in one place.

    Args:
        application: locked here.
        language: of the script, zh-hans or en.
        at: now; decides mode and script by their dated rules.
        witness: the member of staff who records it at an outlet.
        place: that outlet.
    """
    today = business_date(at)
    mode = WitnessingMode.OUTLET if place else Rule.objects.in_force(VIDEO_MODE, today).figure
    script = Rule.objects.in_force(VIDEO_SCRIPT, today)
    with transaction.atomic():
        lock_row(Application, application.pk)
        # Locked, too: whoever keeps a chapter locks the recording alone.
        before = CURRENT_LOCKED.first(application=application.pk)
        if before:
            if _still_counts(application, before) or _goes_on(
                before, mode, witness, place, (script.version, language)
            ):
                return before
            before.move_to(WitnessingStatus.SUPERSEDED)
            before.save(update_fields=["status"])
        made = Witnessing.objects.create(
            application=application,
            mode=mode,
            witness=witness,
            place=place,
            script_version=script.version,
            language=language,
            begun_at=at,
        )
        made.in_hand = Chapter.objects.bulk_create(
            Chapter(
                witnessing=made,
                **chapters.values_of(entry, position=position, language=language, at=at),
            )
            for position, entry in enumerate(script.figure, start=1)
        )
        return made


def _still_counts(application: Application, before: Witnessing) -> bool:
    """Whether it is finished and made in a way that counts for this person."""
    fits = before.mode in application.modes_that_count
    return before.status == WitnessingStatus.COMPLETE and fits


def _goes_on(
    before: Witnessing,
    mode: str,
    witness: User | None,
    place: OrgUnit | None,
    script: tuple[str, str],
) -> bool:
    """Whether an open recording is gone on with: same mode, witness and place, and either the
    same script and language or something recorded already."""
    if (before.mode, before.witness, before.place) != (mode, witness, place):
        return False
    same = (before.script_version, before.language) == script
    return same or before.chapters.exclude(attempts=0).exists()


def keep_chapter(*, chapter: Chapter, file_ref: UUID, actor: Actor, at: datetime) -> Chapter:
    """Keep a recording that is stored already for a chapter; the last one completes the whole.

    Args:
        chapter: locked here with its recording.
        file_ref: of a recording that belongs to the same application and was received in full.
        actor: who recorded it.
        at: now.

    Returns:
        The chapter; its recording has all chapters in hand.

    Raises:
        UnableToRecord: for a foreign, refused or used file, a recording that came too fast, a
            chapter that is kept already, or one that somebody else records elsewhere.
    """
    with transaction.atomic():
        row = _locked(LOCKED.load(chapter=chapter.pk), chapter.ref)
        _refuse_unless_recorder(row.witnessing, actor)
        owner = row.witnessing.application.ref
        file = chapters.keep(row, file_ref=file_ref, purpose=RECORDING, owner=owner, at=at)
        return _kept(row, file, actor, at) if file else row


def keep_sent_chapter(
    *, application: Application, ref: UUID, file: files.StoredFile, actor: Actor, at: datetime
) -> Chapter:
    """Keep a recording for a chapter in the transaction that stores it (`files.storing`).

    Args:
        application: as this request read it, with its customer and their log-in.
        ref: of a chapter, which is locked here with its recording.
        file: that is being stored for it.
        actor: who recorded it.
        at: now.

    Raises:
        AlreadyKept: where the same recording was kept before.
        Chapter.DoesNotExist: of this application.
        UnableToRecord: as `keep_chapter`.
    """
    row = _locked(LOCKED_OF.load(ref=ref, application=application.pk), ref)
    row.witnessing.application = application
    if application.applicant_id == application.customer.user_id:
        application.applicant = application.customer.user  # the same: not asked for once more
    if row.file_sha256 == file.sha256:
        raise AlreadyKept
    _refuse_unless_recorder(row.witnessing, actor)
    chapters.keep_received(row, file=file, at=at)
    return _kept(row, file, actor, at)


def _kept(row: Chapter, file: files.StoredFile, actor: Actor, at: datetime) -> Chapter:
    """Save a chapter that keeps a recording now; the last one completes the whole."""
    witnessing = row.witnessing
    kept = ChapterKept(
        subject=witnessing.application.ref,
        chapter=row.key,
        file=file.ref,
        file_hash=file.sha256,
        script=witnessing.script_version,
        attempt=row.attempts,
    )
    record(kept, actor=actor, at=at, rows=[write_of(row, chapters.KEEPING)])
    if all(each.status != ChapterStatus.MISSING for each in witnessing.in_order()):
        _complete(witnessing, actor, at)
    return row


def _complete(witnessing: Witnessing, actor: Actor, at: datetime) -> None:
    witnessing.move_to(WitnessingStatus.COMPLETE)
    witnessing.completed_at = at
    assisted = witnessing.witness_id is not None
    timed = time_of(Step.VIDEO, since=witnessing.begun_at, at=at, assisted=assisted)
    completed = WitnessingCompleted(
        subject=witnessing.application.ref,
        witnessing=witnessing.ref,
        mode=witnessing.mode,
        script=witnessing.script_version,
    )
    rows = [
        write_of(witnessing, ("status", "completed_at")),
        *([write_of(timed)] if timed else ()),
    ]
    record(completed, actor=actor, at=at, rows=rows)


def redo_chapter(*, chapter: Chapter, actor: Actor, at: datetime, reason: str = "") -> Chapter:
    """Open one chapter again, with new digits; its old recording is disposed of.

    Args:
        chapter: locked here with its recording.
        actor: the customer, or the reviewer who asks for it.
        at: now.
        reason: sentence for the customer where a reviewer asks.

    Raises:
        UnableToRecord: when somebody else records it elsewhere.
    """
    with transaction.atomic():
        row = _locked(LOCKED.load(chapter=chapter.pk), chapter.ref)
        witnessing = row.witnessing
        if not reason and row.status == ChapterStatus.KEPT:
            _refuse_unless_recorder(witnessing, actor)
        old = chapters.reopen(row, at=at, reason=reason)
        if old is None:
            return row
        row.save()
        if witnessing.status == WitnessingStatus.COMPLETE:
            witnessing.move_to(WitnessingStatus.OPEN)
            witnessing.completed_at = None
            witnessing.save(update_fields=["status", "completed_at"])
        record(
            ChapterReopened(subject=witnessing.application.ref, chapter=row.key),
            actor=actor,
            at=at,
        )
        files.dispose(file=old, actor=actor, at=at, reason="recorded again")
        return row


def give_up_recording(*, application: Application, actor: Actor, at: datetime) -> None:
    """The customer does not agree to the use of the face: what was recorded is disposed of.

    Args:
        application: locked by the caller.
        actor: the customer.
        at: now.
    """
    rows = Witnessing.objects.current().select_for_update(of=("self",))
    made = rows.filter(application=application).exclude(mode=WitnessingMode.PRESENT).first()
    if made is None:
        return
    made.move_to(WitnessingStatus.SUPERSEDED)
    made.completed_at = None
    made.save(update_fields=["status", "completed_at"])
    for row in made.chapters.select_for_update():
        old = chapters.reopen(row, at=at)
        if old is None:
            continue
        row.save()
        files.dispose(file=old, actor=actor, at=at, reason="no agreement to the use of the face")


def witnessing_of(application: Application) -> Witnessing | None:
    """The current recording of an application, or None."""
    return CURRENT.first(application=application.pk)


def _refuse_unless_recorder(witnessing: Witnessing, actor: Actor) -> None:
    """A recording at an outlet is made by its witness, one at home by the customer alone.

    So what an outlet's witness vouches for is their own from the first chapter.
    """
    if witnessing.status == WitnessingStatus.SUPERSEDED:
        raise UnableToRecord(_("This recording was begun anew elsewhere. Load the page again."))
    if witnessing.witness is not None and witnessing.witness.ref != actor.ref:
        raise UnableToRecord(_("An outlet records this video at the moment."))
    at_home = witnessing.witness is None and actor.kind == "user"
    applicant = witnessing.application.applicant
    if at_home and (applicant is None or applicant.ref != actor.ref):
        raise UnableToRecord(_("The customer records this video at home. Begin your own here."))


def _locked(rows: list[Chapter], ref: UUID) -> Chapter:
    """The chapter with this ref, whose recording has all others in hand."""
    row = next((each for each in rows if each.ref == ref), None)
    if row is None:
        raise Chapter.DoesNotExist
    row.witnessing.in_hand = rows
    return row
