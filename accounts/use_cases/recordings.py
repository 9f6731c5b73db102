"""Record an opening in chapters: begin, keep a chapter, redo one."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.evidence.dated import VIDEO_MODE, VIDEO_SCRIPT
from accounts.evidence.events import ChapterKept, ChapterReopened, WitnessingCompleted
from accounts.evidence.states import ChapterStatus, WitnessingStatus
from accounts.files import RECORDING
from accounts.models.application import Application
from accounts.models.recordings import Chapter, Witnessing
from accounts.states import Step
from accounts.use_cases.timing import measure
from brokerage.core.clock import business_date
from brokerage.files import api as files
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.models import Rule

DIGITS = 6
REDO = "redo"


class UnableToRecord(Exception):
    """A chapter is refused; the message is translated and may be shown."""


def begin_witnessing(*, application: Application, language: str, at: datetime) -> Witnessing:
    """The recording that the customer works on: the one there is, or a new one.

    Args:
        application: locked here.
        language: of the script, zh-hans or en.
        at: now; decides mode and script by their dated rules.
    """
    today = business_date(at)
    mode = Rule.objects.in_force(VIDEO_MODE, today).figure
    script = Rule.objects.in_force(VIDEO_SCRIPT, today)
    with transaction.atomic():
        Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
        before = Witnessing.objects.current().filter(application=application).first()
        if before:
            same = (before.script_version, before.language) == (script.version, language)
            whole = before.status == WitnessingStatus.COMPLETE  # also one of an outlet's counter
            if same or whole or before.chapters.exclude(attempts=0).exists():
                return before
            before.move_to(WitnessingStatus.SUPERSEDED)
            before.save(update_fields=["status"])
        made = Witnessing.objects.create(
            application=application,
            mode=mode,
            script_version=script.version,
            language=language,
            begun_at=at,
        )
        for position, entry in enumerate(script.figure, start=1):
            digits = _fresh_digits() if entry["digits"] else ""
            Chapter.objects.create(
                witnessing=made,
                key=entry["key"],
                position=position,
                shown=_shown(entry[language], digits),
                digits=digits,
                least_seconds=entry["least"],
                most_seconds=entry["most"],
                shown_at=at,
            )
        return made


def keep_chapter(*, chapter: Chapter, file_ref: UUID, actor: Actor, at: datetime) -> Chapter:
    """Keep a recording for a chapter; the last one completes the whole.

    Args:
        chapter: locked here with its recording.
        file_ref: of a recording that belongs to the same application and was received in full.
        actor: who recorded it.
        at: now.

    Raises:
        UnableToRecord: for a foreign, refused or used file, a recording that came too fast, or a
            chapter that is kept already.
    """
    with transaction.atomic():
        witnessing, row = _locked(chapter)
        file = files.StoredFile.objects.filter(
            ref=file_ref, purpose=RECORDING, owner_ref=witnessing.application.ref
        ).first()
        if row.status == ChapterStatus.KEPT and row.file_ref == file_ref:
            return row
        if row.status == ChapterStatus.KEPT:
            raise UnableToRecord(_("This chapter is recorded. Press “Record again” first."))
        if file is None or file.status not in ("stored", "checked"):
            raise UnableToRecord(_("We did not get this recording. Record it again."))
        if Chapter.objects.filter(file_ref=file_ref).exists():
            raise UnableToRecord(_("This recording was used before. Record it again."))
        if (at - row.shown_at).total_seconds() < row.least_seconds:
            raise UnableToRecord(_("This was too short. Read the whole text aloud."))
        row.move_to(ChapterStatus.KEPT)
        row.file_ref, row.file_sha256, row.kept_at = file.ref, file.sha256, at
        row.attempts, row.redo_reason = row.attempts + 1, ""
        row.save()
        record(
            ChapterKept(
                subject=witnessing.application.ref,
                chapter=row.key,
                file=file.ref,
                file_hash=file.sha256,
                script=witnessing.script_version,
                attempt=row.attempts,
            ),
            actor=actor,
            at=at,
        )
        if not witnessing.chapters.filter(status=ChapterStatus.MISSING).exists():
            witnessing.move_to(WitnessingStatus.COMPLETE)
            witnessing.completed_at = at
            witnessing.save(update_fields=["status", "completed_at"])
            measure(Step.VIDEO, since=witnessing.begun_at, at=at)
            record(
                WitnessingCompleted(
                    subject=witnessing.application.ref,
                    witnessing=witnessing.ref,
                    mode=witnessing.mode,
                    script=witnessing.script_version,
                ),
                actor=actor,
                at=at,
            )
        return row


def redo_chapter(*, chapter: Chapter, actor: Actor, at: datetime, reason: str = "") -> Chapter:
    """Open one chapter again, with new digits; its old recording is disposed of.

    Args:
        chapter: locked here with its recording.
        actor: the customer, or the reviewer who asks for it.
        at: now.
        reason: sentence for the customer where a reviewer asks.
    """
    with transaction.atomic():
        witnessing, row = _locked(chapter)
        if row.status == ChapterStatus.MISSING:
            return row
        old = files.StoredFile.objects.get(ref=str(row.file_ref))
        row.move_to(ChapterStatus.MISSING)
        row.file_ref, row.file_sha256, row.kept_at = None, "", None
        row.shown_at, row.redo_reason = at, reason[:200]
        if row.digits:
            fresh = _fresh_digits()
            row.shown, row.digits = row.shown.replace(_spaced(row.digits), _spaced(fresh)), fresh
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


def witnessing_of(application: Application) -> Witnessing | None:
    """The current recording of an application, or None."""
    return Witnessing.objects.current().filter(application=application).first()


def _locked(chapter: Chapter) -> tuple[Witnessing, Chapter]:
    rows = Witnessing.objects.select_for_update(of=("self",)).select_related("application")
    witnessing = rows.get(pk=chapter.witnessing_id)
    return witnessing, Chapter.objects.select_for_update().get(pk=chapter.pk)


def _shown(text: Any, digits: str) -> str:
    return str(text).replace("{digits}", _spaced(digits))


def _spaced(digits: str) -> str:
    return " ".join(digits)


def _fresh_digits() -> str:
    return "".join(str(secrets.randbelow(10)) for _place in range(DIGITS))
