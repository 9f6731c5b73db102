"""The video in chapters: kept, redone alone, complete; and the page that records it."""

from __future__ import annotations

import base64
import hashlib
import io
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from playwright.sync_api import expect

from accounts.evidence.states import WitnessingStatus
from accounts.files import RECORDING
from accounts.models import Application, Chapter, Witnessing
from accounts.use_cases.recordings import (
    begin_witnessing,
    keep_chapter,
    redo_chapter,
)
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.files import api as files
from brokerage.files.chapters import ChapterStatus, UnableToRecord
from brokerage.journal.actors import Actor
from brokerage.journal.models import Entry
from tests.accounts.evidence.factories import ACTOR
from tests.accounts.factories import a_draft
from tests.branches.factories import make_staff, make_unit
from tests.browser import Visit
from tests.customers.factories import a_customer
from tests.threads import together, wait_for_a_lock
from tests.users.factories import sign_in

WEBM = bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f381084282847765626d")


def a_video(application: Application, at: Any, *, more: bytes = b"") -> files.StoredFile:
    return files.store(
        upload=io.BytesIO(WEBM + b"\x00" * 2000 + more),
        purpose=RECORDING,
        owner_ref=application.ref,
        actor=ACTOR,
        at=at,
    )


def keep(chapter: Chapter, application: Application, at: Any) -> Chapter:
    file = a_video(application, at, more=chapter.ref.bytes + str(at).encode())
    return keep_chapter(chapter=chapter, file_ref=file.ref, actor=ACTOR, at=at)


@pytest.mark.django_db
def test_a_recording_shows_the_script_in_force_with_digits_of_its_own(at) -> None:
    made = begin_witnessing(application=a_draft(at=at), language="en", at=at)

    chapters = list(made.chapters.all())
    assert [chapter.key for chapter in chapters] == ["digits", "own_will", "risk"]
    assert chapters[0].shown.endswith(" ".join(chapters[0].digits))
    assert (made.mode, len(chapters[0].digits)) == ("one_way", 6)
    assert made.script_version


@pytest.mark.django_db(transaction=True)
def test_the_last_chapter_completes_and_one_is_redone_alone(at) -> None:
    application = a_draft(at=at)
    made = begin_witnessing(application=application, language="zh-hans", at=at)
    later = at + timedelta(seconds=5)
    first, *rest = [keep(chapter, application, later) for chapter in made.chapters.all()]
    made.refresh_from_db()
    assert (made.status, made.completed_at) == (WitnessingStatus.COMPLETE, later)

    again = redo_chapter(chapter=first, actor=ACTOR, at=later, reason="请重新读数字")

    made.refresh_from_db()
    assert (made.status, again.status) == (WitnessingStatus.OPEN, ChapterStatus.MISSING)
    assert again.digits != first.digits or again.shown == first.shown
    assert files.StoredFile.objects.get(ref=str(first.file_ref)).status == "disposed"
    assert {row.file_ref for row in rest} == set(
        made.chapters.exclude(pk=first.pk).values_list("file_ref", flat=True)
    )

    done = keep(again, application, later + timedelta(seconds=5))
    assert (done.attempts, done.redo_reason) == (2, "")
    made.refresh_from_db()
    assert made.status == WitnessingStatus.COMPLETE
    kinds = list(Entry.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds.count("accounts.chapter_kept") == 4
    assert kinds.count("accounts.witnessing_completed") == 2


@pytest.mark.django_db(transaction=True)
def test_foreign_used_fast_and_missing_recordings_are_refused(at) -> None:
    application, other = a_draft(at=at), a_draft(a_customer("+8613900139007"), at=at)
    made = begin_witnessing(application=application, language="en", at=at)
    first, second, *_rest = made.chapters.all()
    later = at + timedelta(seconds=5)

    def refused(chapter: Chapter, ref: uuid.UUID, why: str, when: Any = later) -> None:
        with pytest.raises(UnableToRecord, match=why):
            keep_chapter(chapter=chapter, file_ref=ref, actor=ACTOR, at=when)

    mine = a_video(application, at)
    refused(first, a_video(other, at).ref, "did not get")
    refused(first, uuid.uuid4(), "did not get")
    refused(first, mine.ref, "too short", at)
    kept = keep_chapter(chapter=first, file_ref=mine.ref, actor=ACTOR, at=later)
    assert keep_chapter(chapter=first, file_ref=mine.ref, actor=ACTOR, at=later) == kept
    refused(second, mine.ref, "used before")
    refused(first, a_video(application, at, more=b"x").ref, "Record again")


@pytest.mark.django_db
def test_another_language_starts_anew_only_before_the_first_chapter(at) -> None:
    application = a_draft(at=at)
    first = begin_witnessing(application=application, language="en", at=at)
    second = begin_witnessing(application=application, language="zh-hans", at=at)
    assert first != second
    Chapter.objects.filter(pk=second.chapters.all()[0].pk).update(attempts=1)

    assert begin_witnessing(application=application, language="en", at=at) == second
    assert Witnessing.objects.current().count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_begun_at_home_is_recorded_by_the_customer_alone(at) -> None:
    """A witness who vouches for a recording made every chapter of it."""
    application = a_draft(at=at)
    witness = Actor.of(make_staff(Role.OPENING_OFFICER))
    made = begin_witnessing(application=application, language="en", at=at)
    first, *_rest = made.chapters.all()
    later = at + timedelta(seconds=5)
    file = a_video(application, at)

    with pytest.raises(UnableToRecord, match="records this video at home"):
        keep_chapter(chapter=first, file_ref=file.ref, actor=witness, at=later)
    assert application.customer.user is not None
    customer = Actor.of(application.customer.user)
    kept = keep_chapter(chapter=first, file_ref=file.ref, actor=customer, at=later)
    with pytest.raises(UnableToRecord, match="records this video at home"):
        redo_chapter(chapter=kept, actor=witness, at=later)

    first.refresh_from_db()
    assert first.status == ChapterStatus.KEPT


@pytest.mark.django_db(transaction=True)
def test_of_two_who_begin_at_once_one_recording_is_left(at) -> None:
    application = a_draft(at=at)

    def begin() -> Witnessing:
        try:
            return begin_witnessing(application=application, language="en", at=at)
        finally:
            connection.close()

    made = together(begin, times=3)
    assert {each.pk for each in made} == {Witnessing.objects.get().pk}


@pytest.mark.django_db(transaction=True)
def test_a_recording_that_is_just_being_completed_is_not_begun_anew(at) -> None:
    """Whoever begins waits for the last chapter, and finds the recording complete."""
    application = a_draft(at=at)
    made = begin_witnessing(application=application, language="en", at=at)
    outlet = make_unit()
    witness = make_staff(Role.OPENING_OFFICER, outlet)
    later = at + timedelta(seconds=5)
    *before, last = made.chapters.all()
    for chapter in before:
        keep(chapter, application, later)

    def begin() -> Witnessing:
        try:
            return begin_witnessing(
                application=application, language="en", at=later, witness=witness, place=outlet
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            keep(last, application, later)
            beginning = pool.submit(begin)
            wait_for_a_lock()
        assert beginning.result(30) == made

    made.refresh_from_db()
    assert made.status == WitnessingStatus.COMPLETE


def client_of(application: Application) -> Client:
    user: Any = application.customer.user
    return sign_in(Client(headers={"Accept-Language": "en"}), user)


@pytest.mark.django_db(transaction=True)
def test_a_file_is_taken_without_a_script_and_a_refusal_stands_on_the_page() -> None:
    at = clock.now() - timedelta(minutes=1)
    application = a_draft(at=at)
    made = begin_witnessing(application=application, language="en", at=at)
    chapter: Chapter = made.chapters.all()[0]
    client = client_of(application)
    address = f"/open/{application.ref}/video/{chapter.ref}/"

    page = client.post(address, {"video": SimpleUploadedFile("x", b"no video")}, follow=True)
    assert page.status_code == 200
    chapter.refresh_from_db()
    assert chapter.status == ChapterStatus.MISSING

    client.post(address, {"video": SimpleUploadedFile("x", WEBM + b"\x00" * 999)})
    chapter.refresh_from_db()
    assert chapter.status == ChapterStatus.KEPT

    client.post(address, {"act": "redo"})
    chapter.refresh_from_db()
    assert chapter.status == ChapterStatus.MISSING


def digest_of(content: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


@pytest.mark.django_db(transaction=True)
def test_a_recording_in_one_request_is_kept_and_known_again() -> None:
    at = clock.now() - timedelta(minutes=1)
    application = a_draft(at=at)
    made = begin_witnessing(application=application, language="en", at=at)
    first, second, _last = made.chapters.all()
    client = client_of(application)
    home = f"/open/{application.ref}/video/"
    content = WEBM + b"\x00" * 999
    in_place = {"HX-Request": "true", "HX-Boosted": "true"}

    def put(chapter: Chapter, body: bytes, digest: str = "") -> Any:
        headers = {**in_place, "Content-Digest": digest or digest_of(body)}
        return client.put(f"{home}{chapter.ref}/", body, headers=headers)

    wrong = put(first, content, digest_of(b"another"))
    assert "differs" in wrong.content.decode()
    assert not files.StoredFile.objects.exists(), "nothing stays of what did not arrive as sent"
    assert "cannot read" in put(first, b"no video").content.decode()
    assert "did not get" in put(first, content, "sha-256=:?:").content.decode()

    for _time in range(2):  # the answer to the first one was lost
        answer = put(first, content)
        assert answer.headers["HX-Push-Url"] == home
        body = answer.content.decode()
        assert "Part 2 of 3" in body
        assert 'id="toasts" role="status"></div>' in body
        assert "Kept at the moment" not in body, "chapters are no answers of another device"
    first.refresh_from_db()
    assert (first.status, first.attempts) == (ChapterStatus.KEPT, 1)
    assert files.StoredFile.objects.count() == 1

    assert "used" not in put(second, content + b"\x00").content.decode()
    other = put(second, content)
    assert "Record again" in other.content.decode(), "kept already: said, and nothing replaced"
    assert files.StoredFile.objects.count() == 2, "what is refused as a chapter is no file either"
    assert client.get(f"{home}{first.ref}/").headers["Location"] == home
    without = client.put(f"{home}{first.ref}/", b"", headers=in_place)
    assert "wrong size" in without.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_chapter_takes_few_statements(django_assert_max_num_queries: Any) -> None:
    at = clock.now() - timedelta(minutes=1)
    application = a_draft(at=at)
    made = begin_witnessing(application=application, language="en", at=at)
    first, second, _last = made.chapters.all()
    client = client_of(application)
    home = f"/open/{application.ref}/video/"

    def put(chapter: Chapter) -> None:
        body = WEBM + chapter.ref.bytes * 60
        client.put(f"{home}{chapter.ref}/", body, headers={"HX-Request": "true"})

    put(first)
    with django_assert_max_num_queries(6):  # two of them begin and end the transaction
        put(second)
    second.refresh_from_db()
    assert second.status == ChapterStatus.KEPT


@pytest.mark.django_db
def test_the_page_alone_may_use_the_camera(at) -> None:
    application = a_draft(at=at)
    client = client_of(application)

    video = client.get(f"/open/{application.ref}/video/")

    assert "camera=(self)" in video.headers["Permissions-Policy"]
    other = client.get(f"/open/{application.ref}/")
    assert "camera=()" in other.headers["Permissions-Policy"]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_all_chapters_are_recorded_with_a_camera_on_a_phone(
    language: str, live_server: Any, visit: Callable[..., Visit]
) -> None:
    application = a_draft(at=clock.now())
    client = client_of(application)
    jar = {"language": language, "sessionid": client.cookies["sessionid"].value}
    visited = visit(f"{live_server.url}/open/{application.ref}/video/", cookies=jar)
    page = visited.page
    assert visited.axe() == []
    visited.follow(page.locator("main form.card button"))

    for done in range(3):
        expect(page.locator(".chapters li")).to_have_count(done, timeout=30_000)
        assert visited.axe() == []
        assert not visited.overflows()
        button = page.locator("#record")
        button.click()
        expect(button).to_be_enabled(timeout=15_000)  # the shortest time is over
        button.click()

    page.wait_for_url("**/consents/", timeout=30_000)  # the first step that is still to be done
    assert visited.problems == []
    made = Witnessing.objects.get()
    assert made.status == WitnessingStatus.COMPLETE
    kept = files.StoredFile.objects.get(ref=str(made.chapters.all()[0].file_ref))
    assert kept.content_type in ("video/webm", "video/mp4")
    assert kept.size > 5_000
