"""Reviewers see the video and what was declared; nobody approves without having watched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from accounts.events import ApplicationReturned
from accounts.facts import facts_of
from accounts.handlers import _where
from accounts.models import Application, Chapter
from accounts.review.films import has_watched
from accounts.selectors import section_of
from accounts.states import Lack, Status, Step, Verdict
from accounts.use_cases import (
    UnableToDecide,
    UnableToReview,
    UnableToSubmit,
    approve_application,
    claim_review,
    propose_verdict,
    return_application,
    route_review,
    submit_application,
)
from accounts.use_cases.recordings import keep_chapter
from accounts.use_cases.watch_recording import UnableToWatch, watch_recording
from branches.models import OrgUnit
from brokerage.core.roles import Role, sync_roles
from brokerage.files.chapters import ChapterStatus
from brokerage.files.storage import LocalStorage, set_storage
from brokerage.journal.models import Entry
from tests.accounts.factories import ACTOR, AT, a_reviewer, an_application
from tests.accounts.proofs import identify
from tests.accounts.review.factories import a_clear_one
from tests.accounts.review.films import a_clip, open_all, with_chapters
from tests.backoffice.factories import desk_of, staff
from tests.branches.factories import make_unit

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _house(tmp_path: Path) -> Iterator[None]:
    sync_roles()
    set_storage(LocalStorage(tmp_path / "files"))
    yield
    set_storage(None)


@pytest.fixture
def outlet() -> OrgUnit:
    return make_unit()


def page_of(application: Application, part: str = "change/") -> str:
    return f"/admin/accounts/application/{application.ref}/{part}"


def reviewer(outlet: OrgUnit) -> Client:
    return desk_of(staff(Role.REVIEWER, outlet))


def test_each_chapter_is_there_with_what_was_to_be_said(outlet: OrgUnit) -> None:
    application = an_application(outlet=outlet)
    first, _second = with_chapters(application)
    desk = reviewer(outlet)
    assert first.file_ref is not None
    page = desk.get(page_of(application)).content.decode()
    assert "4 7 1 9 0 2" in page
    assert f"/files/{first.file_ref}" in page
    assert desk.get(f"/files/{first.file_ref}", headers={"Range": "bytes=0-9"}).status_code == 206
    assert Entry.objects.filter(kind="files.file_served", subject_ref=first.file_ref).exists()


def test_nobody_approves_alone_without_having_watched(outlet: OrgUnit) -> None:
    routed = route_review(application=a_clear_one(outlet), at=AT, draw=0)
    with_chapters(routed)
    officer = a_reviewer()
    mine = claim_review(application=routed, officer=officer, at=AT)
    with pytest.raises(UnableToDecide, match="Watch the video"):
        approve_application(application=mine, officer=officer, at=AT)
    with pytest.raises(UnableToWatch, match="Play every chapter"):
        watch_recording(application=mine, officer=officer, at=AT)
    open_all(mine, officer)
    for _twice in range(2):
        watch_recording(application=mine, officer=officer, at=AT)
    assert Entry.objects.filter(kind="accounts.recording_watched").count() == 1
    assert approve_application(application=mine, officer=officer, at=AT).status == Status.APPROVED


def test_both_of_two_people_watch_and_a_refusal_needs_no_video(outlet: OrgUnit) -> None:
    application = an_application(Status.REVIEWING, outlet=outlet, officer=(first := a_reviewer()))
    with_chapters(application)
    identify(application, at=AT)
    with pytest.raises(UnableToReview, match="Watch the video"):
        propose_verdict(application=application, officer=first, verdict=Verdict.APPROVE, at=AT)
    open_all(application, first)
    watch_recording(application=application, officer=first, at=AT)
    propose_verdict(application=application, officer=first, verdict=Verdict.APPROVE, at=AT)
    second = a_reviewer()
    with pytest.raises(UnableToDecide, match="Watch the video"):
        approve_application(application=application, officer=second, at=AT)
    open_all(application, second)
    watch_recording(application=application, officer=second, at=AT)
    done = approve_application(application=application, officer=second, at=AT)
    assert done.status == Status.APPROVED


def test_nobody_approves_somebody_whom_nobody_identified(outlet: OrgUnit) -> None:
    application = an_application(Status.REVIEWING, officer=(first := a_reviewer()))
    proposed = propose_verdict(
        application=application, officer=first, verdict=Verdict.APPROVE, at=AT
    )
    second = a_reviewer()
    with pytest.raises(UnableToDecide, match="who this is"):
        approve_application(application=proposed, officer=second, at=AT)
    identify(proposed, at=AT)
    assert (
        approve_application(application=proposed, officer=second, at=AT).status == Status.APPROVED
    )


def test_one_chapter_goes_back_and_is_watched_anew(outlet: OrgUnit) -> None:
    officer = staff(Role.REVIEWER, outlet)
    application = an_application(Status.REVIEWING, outlet=outlet, officer=officer)
    first, second = with_chapters(application)
    open_all(application, officer)
    watch_recording(application=application, officer=officer, at=AT)
    desk = desk_of(officer)
    alone = desk.post(page_of(application, "act/return/"), {"chapters": ["digits"]})
    assert "Name the steps" in alone.content.decode()
    back = {"lack_video": Lack.UNCLEAR, "chapters": ["digits"], "note": "请把数字读清楚"}
    desk.post(page_of(application, "act/return/"), back)
    application.refresh_from_db()
    assert (application.status, application.returned_steps) == (Status.RETURNED, ["video"])
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.redo_reason) == (ChapterStatus.MISSING, "请把数字读清楚")
    assert second.status == ChapterStatus.KEPT
    assert Step.VIDEO not in facts_of(Application.objects.get()).done

    with pytest.raises(UnableToSubmit):
        submit_application(application=application, actor=ACTOR, at=LATER)
    clip = a_clip(application, "anew")
    later = first.shown_at + timedelta(minutes=1)
    keep_chapter(chapter=first, file_ref=clip.ref, actor=ACTOR, at=later)
    submit_application(application=Application.objects.get(), actor=ACTOR, at=later)
    assert not has_watched(application, officer), "another recording counts now"


def test_without_a_chapter_named_the_whole_video_goes_back() -> None:
    application = an_application(Status.REVIEWING, officer=(officer := a_reviewer()))
    with_chapters(application)
    return_application(
        application=application,
        officer=officer,
        steps=[Step.VIDEO],
        note="",
        lack=Lack.UNREADABLE,
        at=LATER,
    )
    rows = list(Chapter.objects.all())
    assert {row.status for row in rows} == {ChapterStatus.MISSING}
    assert all(row.redo_reason for row in rows)
    event = ApplicationReturned(
        subject=application.ref,
        customer=application.customer.ref,
        version=1,
        status="returned",
        steps=("video",),
    )
    assert _where(event, application) == f"/open/{application.ref}/video/"


def test_what_was_declared_is_named_and_read_on_record(outlet: OrgUnit) -> None:
    application = an_application(outlet=outlet)
    section = section_of(application, Step.PROFILE)
    assert section is not None
    more = {"bad_faith": "yes", "bad_faith_note": "2019 年信用卡逾期"}
    section.values = json.dumps({**section.answers, **more}, ensure_ascii=False)
    section.save()
    desk = reviewer(outlet)
    page = desk.get(page_of(application)).content.decode()
    assert "On record for bad credit" in page
    assert "信用卡" not in page, "own words are opened on record"
    full = desk.get(page_of(application, "declared/")).content.decode()
    assert "2019 年信用卡逾期" in full
    assert Entry.objects.get(kind="accounts.declarations_read").payload["fields"] == [
        "bad_faith_note"
    ]
    manager = desk_of(staff(Role.BRANCH_MANAGER, outlet))
    assert manager.get(page_of(application, "declared/")).status_code == 403
    assert reviewer(make_unit()).get(page_of(application, "declared/")).status_code == 404
