"""The insist route at an outlet: no valid recording, no go-ahead; somebody else checks it."""

from __future__ import annotations

import uuid
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.http import Http404

from branches.visits.models import Purpose, Visit
from branches.visits.states import Status as VisitStatus
from brokerage.core.roles import Role
from brokerage.files import api as files
from brokerage.files.chapters import UnableToRecord
from brokerage.journal.models import Entry
from suitability.files import may_watch
from suitability.models import DoubleRecording, InsistCase, RecordingChapter
from suitability.states import InsistStatus, RecordingAbout, RecordingStatus
from suitability.use_cases.disclosing import (
    UnableToDisclose,
    accept_points,
    acknowledge_five,
    begin_disclosure,
    confirm_disclosure,
    show_points,
)
from suitability.use_cases.insisting import UnableToInsist, ask_to_insist, confirm_insisting
from suitability.use_cases.recorded import evidence_of
from suitability.use_cases.recordings import (
    check_recording,
    give_up_recording,
    keep_chapter,
    redo_chapter,
)
from tests.branches.factories import make_staff
from tests.suitability.factories import ACTOR, AT, BOLD, a_confirmed_assessment
from tests.suitability.outlets import GOOD, MINUTE, PAUSE, Outlet, a_video
from tests.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def outlet() -> Outlet:
    return Outlet()


def test_a_recording_that_passed_lets_the_wish_be_confirmed_and_replayed(outlet: Outlet) -> None:
    case = outlet.acknowledged()
    outlet.checked(outlet.whole(outlet.begun(case.record)))
    done = confirm_insisting(case=case, actor=ACTOR, at=AT + PAUSE)
    assert done.status == InsistStatus.CONFIRMED
    assert '"channel":"outlet"' in (done.inputs or "")
    call_command("replay_decisions", stdout=StringIO())
    kinds = list(Entry.objects.filter(kind__startswith="suitability.recording").order_by("pk"))
    assert [each.kind.removeprefix("suitability.recording_") for each in kinds] == [
        "begun",
        *["chapter_kept"] * 5,
        "completed",
        "checked",
    ]


def test_nothing_is_confirmed_without_a_valid_recording(outlet: Outlet) -> None:
    case = outlet.acknowledged()
    with pytest.raises(UnableToInsist, match="no recording"):
        confirm_insisting(case=case, actor=ACTOR, at=AT + PAUSE)
    recording = outlet.begun(case.record)
    with pytest.raises(UnableToInsist, match=r"no recording|lacks"):
        confirm_insisting(case=case, actor=ACTOR, at=AT + PAUSE)
    outlet.whole(recording)
    with pytest.raises(UnableToInsist, match="has not passed"):
        confirm_insisting(case=case, actor=ACTOR, at=AT + PAUSE)
    outlet.checked(recording, sound=False)
    with pytest.raises(UnableToInsist, match="no recording"):
        confirm_insisting(case=case, actor=ACTOR, at=AT + PAUSE)
    outlet.checked(outlet.whole(outlet.begun(case.record)))
    with pytest.raises(UnableToInsist, match="30 minutes"):
        confirm_insisting(case=case, actor=ACTOR, at=AT + PAUSE - MINUTE)
    assert confirm_insisting(case=case, actor=ACTOR, at=AT + PAUSE).confirmed_at == AT + PAUSE


def test_a_chapter_whose_file_is_gone_counts_as_missing(outlet: Outlet) -> None:
    case = outlet.acknowledged()
    recording = outlet.whole(outlet.begun(case.record))
    outlet.checked(recording)
    first = recording.chapters.all()[0]
    file = files.StoredFile.objects.get(ref=str(first.file_ref))
    files.dispose(file=file, actor=ACTOR, at=AT, reason="tests")
    with pytest.raises(UnableToInsist, match="lacks 1"):
        confirm_insisting(case=case, actor=ACTOR, at=AT + PAUSE)


def test_somebody_else_checks_and_each_point_counts(outlet: Outlet) -> None:
    recording = outlet.whole(outlet.begun(outlet.acknowledged().record))
    both = make_staff(Role.REVIEWER)
    with pytest.raises(UnableToRecord, match="does not check"):
        check_recording(recording=recording, findings=GOOD, note="", officer=outlet.officer, at=AT)
    with pytest.raises(UnableToRecord, match="what is wrong"):
        check_recording(
            recording=recording, findings=GOOD | {"sound": False}, note=" ", officer=both, at=AT
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        DoubleRecording.objects.filter(pk=recording.pk).update(
            status="passed", checked_by=outlet.officer, checked_at=AT
        )
    stranger = make_staff(Role.REVIEWER, Outlet("+8613900670002").unit)
    with pytest.raises(Http404):
        check_recording(recording=recording, findings=GOOD, note="", officer=stranger, at=AT)
    assert outlet.checked(recording).status == RecordingStatus.PASSED


def test_an_ended_recording_and_its_chapters_stay(outlet: Outlet) -> None:
    recording = outlet.checked(outlet.whole(outlet.begun(outlet.acknowledged().record)))
    with pytest.raises(UnableToRecord, match="has ended"):
        redo_chapter(chapter=recording.chapters.all()[0], staff=outlet.officer, at=AT)
    with pytest.raises(UnableToRecord, match="not due"):
        give_up_recording(recording=recording, staff=outlet.officer, at=AT)
    for rows, change in (
        (DoubleRecording.objects.filter(pk=recording.pk), {"note": "x"}),
        (RecordingChapter.objects.filter(recording=recording), {"attempts": 9}),
    ):
        with pytest.raises(Exception, match=r"never changed|Cannot update"), transaction.atomic():
            rows.update(**change)


def test_who_began_it_records_all_of_it_in_their_outlet_with_consent(outlet: Outlet) -> None:
    case = outlet.acknowledged()
    elsewhere = Outlet("+8613900670002")
    with pytest.raises(UnableToRecord, match="at this outlet"):
        outlet.begun(case.record, place=elsewhere.unit)
    with pytest.raises(UnableToRecord, match="text has changed"):
        outlet.begun(case.record, consent="suitability.text.recording_consent@2020-01-01")
    novice = make_staff(Role.OPENING_OFFICER, outlet.unit)
    with pytest.raises(UnableToRecord, match="no licence"):
        outlet.begun(case.record, staff=novice)
    recording = outlet.begun(case.record)
    with pytest.raises(UnableToRecord, match="there already"):
        outlet.begun(case.record)
    chapter = recording.chapters.all()[0]
    file = a_video(recording, AT)
    with pytest.raises(UnableToRecord, match="Who began"):
        keep_chapter(chapter=chapter, file_ref=file.ref, staff=elsewhere.officer, at=AT + MINUTE)
    with pytest.raises(UnableToRecord, match="too short"):
        keep_chapter(chapter=chapter, file_ref=file.ref, staff=outlet.officer, at=AT)
    with pytest.raises(UnableToRecord, match="did not get"):
        keep_chapter(chapter=chapter, file_ref=uuid.uuid4(), staff=outlet.officer, at=AT + MINUTE)


def test_a_chapter_is_redone_alone_with_new_digits(outlet: Outlet) -> None:
    recording = outlet.whole(outlet.begun(outlet.acknowledged().record))
    assert recording.status == RecordingStatus.COMPLETE
    first = recording.chapters.all()[0]
    again = redo_chapter(chapter=first, staff=outlet.officer, at=AT + MINUTE)
    recording.refresh_from_db()
    assert recording.status == RecordingStatus.OPEN
    assert again.digits != first.digits
    assert " ".join(again.digits) in again.shown
    file = files.StoredFile.objects.get(ref=str(first.file_ref))
    assert file.status == "disposed"


def test_a_recording_names_the_visit_in_which_it_was_made(outlet: Outlet) -> None:
    visit = Visit.objects.create(
        customer=outlet.customer,
        unit=outlet.unit,
        purpose=Purpose.objects.get(code="double_recording"),
        status=VisitStatus.CHECKED_IN,
        day=AT.date(),
        ticket=1,
        arrived_at=AT,
    )
    recording = outlet.whole(outlet.begun(outlet.acknowledged().record))
    assert recording.visit_ref == visit.ref
    entry = Entry.objects.get(kind="suitability.recording_completed")
    assert entry.payload["visit"] == str(visit.ref)


def test_there_is_nothing_to_record_on_a_wish_that_was_told_online(outlet: Outlet) -> None:
    decision = outlet.decision()
    ask_to_insist(decision=decision, wish="x", language="en", actor=ACTOR, at=AT)
    with pytest.raises(UnableToRecord, match="nothing to record"):
        outlet.begun(decision)


def test_nobody_writes_down_a_wish_elsewhere_or_their_own(outlet: Outlet) -> None:
    decision = outlet.decision()
    wish: dict[str, Any] = {"wish": "x", "language": "en", "actor": ACTOR, "at": AT}
    elsewhere = Outlet("+8613900670002")
    with pytest.raises(UnableToInsist, match="at this outlet"):
        ask_to_insist(decision=decision, place=elsewhere.unit, served_by=outlet.officer, **wish)
    with pytest.raises(IntegrityError), transaction.atomic():
        InsistCase.objects.filter(pk=outlet.asked(decision).pk).update(served_by=None)


def test_only_those_whom_the_consent_names_may_watch(outlet: Outlet) -> None:
    recording = outlet.begun(outlet.acknowledged().record)
    manager = make_staff(Role.BRANCH_MANAGER, outlet.unit)
    colleague = make_staff(Role.OPENING_OFFICER, outlet.unit)
    for user, sees in (
        (outlet.officer, True),
        (outlet.checker, True),
        (make_staff(Role.AUDITOR), True),
        (manager, False),
        (colleague, False),
        (outlet.customer.user, False),
    ):
        assert (recording.ref in set(may_watch(user))) is sees


def test_a_high_risk_sale_that_is_recorded_waits_for_the_check(outlet: Outlet) -> None:
    a_confirmed_assessment(outlet.customer, BOLD, at=AT + MINUTE, changed="more experience")
    decision = outlet.decision("R5", at=AT + MINUTE)
    row = begin_disclosure(decision=decision, language="en", actor=ACTOR, at=AT + MINUTE)
    assert row.special
    row = acknowledge_five(row=row, text=row.text, actor=ACTOR, at=AT + 2 * MINUTE)
    row = show_points(row=row, extra="savings", actor=ACTOR, at=AT + 2 * MINUTE)
    row = accept_points(row=row, text=row.special_text, actor=ACTOR, at=AT + 3 * MINUTE)
    later = AT + 49 * PAUSE
    recording = outlet.begun(decision, about=RecordingAbout.HIGH_RISK)
    with pytest.raises(UnableToDisclose, match="has not passed"):
        confirm_disclosure(row=row, actor=ACTOR, at=later)
    outlet.checked(outlet.whole(recording))
    assert evidence_of(decision, RecordingAbout.HIGH_RISK) is not None
    assert confirm_disclosure(row=row, actor=ACTOR, at=later).done_at == later


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_check_at_once_one_does(outlet: Outlet) -> None:
    recording = outlet.whole(outlet.begun(outlet.acknowledged().record))
    officers = [make_staff(Role.REVIEWER), make_staff(Role.REVIEWER)]

    def check() -> str:
        try:
            done = check_recording(
                recording=recording, findings=GOOD, note="", officer=officers.pop(), at=AT
            )
            return str(done.status)
        except UnableToRecord:
            return "refused"
        finally:
            connection.close()

    assert sorted(together(check, times=2)) == ["passed", "refused"]
