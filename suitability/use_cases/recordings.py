"""A double recording at an outlet: begun with consent, chapter by chapter, checked, or given up.

What has to be recorded, and whether it was, is asked in `recorded`; nothing here lifts the check.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from branches.models import OrgUnit
from branches.selectors import services_on
from branches.visits.models import Purpose, Visit
from branches.visits.selectors import able_purposes
from branches.visits.states import IN_QUEUE
from branches.visits.states import Status as VisitStatus
from brokerage.core import scope
from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.core.states import IllegalTransition
from brokerage.customers.models import Customer
from brokerage.files import api as files
from brokerage.files import chapters
from brokerage.files.chapters import ChapterStatus, UnableToRecord
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from suitability.models import (
    Disclosure,
    DoubleRecording,
    InsistCase,
    RecordingChapter,
)
from suitability.models.recordings import hash_of
from suitability.rules.recordings import passes
from suitability.sale_events import (
    RecordingBegun,
    RecordingChapterKept,
    RecordingChapterReopened,
    RecordingChecked,
    RecordingCompleted,
    RecordingEvent,
    RecordingGivenUp,
)
from suitability.selectors.rules import (
    recording_duty_on,
    recording_rules_of,
    recording_rules_on,
    script_of,
)
from suitability.states import (
    RecordingAbout,
    RecordingStatus,
)
from suitability.use_cases.recorded import Subject, columns_of, is_to_be_recorded

FILES = "suitability.double_recording"
SERVICE = VISIT_PURPOSE = "double_recording"


def begin_recording(
    *,
    subject: Subject,
    about: RecordingAbout,
    consent: str,
    place: OrgUnit,
    language: str,
    staff: User,
    at: datetime,
) -> DoubleRecording:
    """Begin a recording with the customer's consent.

    Args:
        subject: the decision or application of a customer who stands at the outlet.
        about: what is recorded; the step that it belongs to has to be open.
        consent: version of the text that the customer was read.
        place: an outlet that offers recordings, at which `staff` makes them.
        language: of the script, zh-hans or en.
        staff: who records every chapter.

    Raises:
        UnableToRecord: for a step that is not open, an outlet that is not theirs or does not
            offer it, a licence that is missing (domain handbook 6: only authorised business of an
            outlet), another version of the consent, or while a recording on this counts already.
    """
    on = business_date(at)
    rules = recording_rules_on(on)
    if consent != rules.consent:
        raise UnableToRecord(_("The text has changed. Read it once more."))
    _require_able(staff, place, on)
    if subject.customer.user_id == staff.pk:
        raise UnableToRecord(_("Nobody records their own purchase."))
    if not is_to_be_recorded(subject, about, on):
        raise UnableToRecord(_("There is nothing to record now. Give out the warning first."))
    made = DoubleRecording(
        **columns_of(subject),
        customer=subject.customer,
        about=about,
        script=rules.scripts.get(about) or recording_duty_on(on).scripts[about],
        language=language,
        place=place,
        visit_ref=_visit(subject.customer, place, at),
        recorded_by=staff,
        consent=rules.consent,
        consented_at=at,
        rule_version=rules.version,
        begun_at=at,
    )
    try:
        with transaction.atomic():
            made.save()
            for position, entry in enumerate(script_of(made.script), start=1):
                values = chapters.values_of(entry, position=position, language=language, at=at)
                RecordingChapter.objects.create(recording=made, **values)
            _tell(
                RecordingBegun,
                made,
                Actor.of(staff),
                at,
                about=str(about),
                script=made.script,
                consent=made.consent,
                place=place.ref,
            )
    except IntegrityError:
        raise UnableToRecord(_("A recording of this is there already.")) from None
    return made


def keep_chapter(
    *, chapter: RecordingChapter, file_ref: UUID, staff: User, at: datetime
) -> RecordingChapter:
    """Keep a file for a chapter; the last one completes the recording.

    Raises:
        UnableToRecord: for another person than who began it, an ended recording, and what
            `chapters.keep` refuses.
    """
    with transaction.atomic():
        recording, row = _locked(chapter, staff)
        file = chapters.keep(row, file_ref=file_ref, purpose=FILES, owner=recording.ref, at=at)
        if file is None:
            return row
        row.save()
        actor = Actor.of(staff)
        _tell(
            RecordingChapterKept,
            recording,
            actor,
            at,
            chapter=row.key,
            file=file.ref,
            file_hash=file.sha256,
        )
        if not recording.chapters.filter(status=ChapterStatus.MISSING).exists():
            recording.move_to(RecordingStatus.COMPLETE)
            recording.completed_at = at
            recording.save()
            _tell(
                RecordingCompleted,
                recording,
                actor,
                at,
                content_hash=hash_of(list(recording.chapters.all())),
                visit=str(recording.visit_ref or ""),
            )
    return row


def redo_chapter(*, chapter: RecordingChapter, staff: User, at: datetime) -> RecordingChapter:
    """Record one chapter again, with new digits; its old file is disposed of.

    Raises:
        UnableToRecord: for another person than who began it, or an ended recording.
    """
    with transaction.atomic():
        recording, row = _locked(chapter, staff)
        old = chapters.reopen(row, at=at)
        if old is None:
            return row
        row.save()
        if recording.status == RecordingStatus.COMPLETE:
            recording.move_to(RecordingStatus.OPEN)
            recording.completed_at = None
            recording.save()
        actor = Actor.of(staff)
        _tell(RecordingChapterReopened, recording, actor, at, chapter=row.key)
        files.dispose(file=old, actor=actor, at=at, reason="recorded again")
    return row


def check_recording(
    *,
    recording: DoubleRecording,
    findings: Mapping[str, bool],
    note: str,
    officer: User,
    at: datetime,
) -> DoubleRecording:
    """Somebody else looks at a whole recording: it passes where every point holds.

    Args:
        recording: one that the officer may see; locked here.
        findings: by key of each point of the rules under which it was begun.
        note: for who recorded it; asked where a point does not hold.

    Raises:
        UnableToRecord: for who recorded it or served the customer, a recording that is not
            complete, or a missing note.
        Http404: when the officer cannot see it.
    """
    with transaction.atomic():
        rows = DoubleRecording.objects.select_for_update(of=("self",))
        locked = scope.visible_or_404(rows, officer, ref=recording.ref)
        if officer.pk in _served(locked):
            raise UnableToRecord(_("Whoever served the customer does not check the recording."))
        passed = passes(recording_rules_of(locked.rule_version), findings)
        if not passed and not note.strip():
            raise UnableToRecord(_("Write what is wrong, so that it can be recorded again."))
        _move(locked, RecordingStatus.PASSED if passed else RecordingStatus.FAILED)
        locked.findings, locked.note = dict(findings), note.strip()
        locked.checked_by, locked.checked_at = officer, at
        locked.save()
        _tell(RecordingChecked, locked, Actor.of(officer), at, passed=passed)
    return locked


def give_up_recording(*, recording: DoubleRecording, staff: User, at: datetime) -> DoubleRecording:
    """End a recording before it is checked, for example because the customer no longer agrees.

    Raises:
        UnableToRecord: when it has ended already.
        Http404: when `staff` cannot see it.
    """
    with transaction.atomic():
        rows = DoubleRecording.objects.select_for_update(of=("self",))
        locked = scope.visible_or_404(rows, staff, ref=recording.ref)
        _move(locked, RecordingStatus.GIVEN_UP)
        locked.given_up_at = at
        locked.save()
        _tell(RecordingGivenUp, locked, Actor.of(staff), at)
    return locked


def _require_able(staff: User, place: OrgUnit, on: date) -> None:
    """The outlet offers recordings, and this person has the role and the licence for them."""
    if all(each.code != SERVICE for each in services_on(place, on)):
        raise UnableToRecord(_("This outlet does not offer double recordings."))
    purpose = Purpose.objects.filter(code=VISIT_PURPOSE).values_list("pk", flat=True)
    if able_purposes(staff, place, on).isdisjoint(purpose):
        raise UnableToRecord(
            _("You do not record at this outlet, or hold no licence for double recordings.")
        )


def _visit(customer: Customer, place: OrgUnit, at: datetime) -> UUID | None:
    """The customer's visit for a recording at this outlet today, if one was booked or drawn."""
    rows = Visit.objects.filter(
        customer=customer,
        unit=place,
        day=business_date(at),
        purpose__code=VISIT_PURPOSE,
        status__in=[*IN_QUEUE, VisitStatus.DONE],
    )
    return rows.order_by("-pk").values_list("ref", flat=True).first()


def _served(recording: DoubleRecording) -> set[int | None]:
    """Keys of those who took part: they do not check it."""
    if recording.request is not None:
        return {recording.recorded_by_id, recording.request.served_by_id}
    cases = InsistCase.objects.filter(record=recording.record_id)
    told = Disclosure.objects.filter(record=recording.record_id)
    served = cases.values_list("served_by", flat=True).union(
        told.values_list("served_by", flat=True)
    )
    return {recording.recorded_by_id, *served}


def _locked(chapter: RecordingChapter, staff: User) -> tuple[DoubleRecording, RecordingChapter]:
    recording = lock_row(DoubleRecording, chapter.recording_id, "customer", "record", "request")
    if recording.recorded_by_id != staff.pk:
        raise UnableToRecord(_("Who began a recording records all of it."))
    if recording.status not in (RecordingStatus.OPEN, RecordingStatus.COMPLETE):
        raise UnableToRecord(_("This recording has ended."))
    return recording, lock_row(RecordingChapter, chapter.pk)


def _move(recording: DoubleRecording, status: RecordingStatus) -> None:
    try:
        recording.move_to(status)
    except IllegalTransition as error:
        raise UnableToRecord(_("This step is not due now. Look at the page once more.")) from error


def _tell(
    event: type[RecordingEvent],
    row: DoubleRecording,
    actor: Actor,
    at: datetime,
    **more: Any,
) -> None:
    record(
        event(subject=row.ref, customer=row.customer.ref, decision=row.subject.ref, **more),
        actor=actor,
        at=at,
        rule_version=row.rule_version,
    )
