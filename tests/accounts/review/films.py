"""Recordings of applications for the desk: kept chapters with checked files."""

from __future__ import annotations

from datetime import datetime

from accounts.files import RECORDING
from accounts.models import Application, Chapter, Witnessing
from brokerage.files import api as files
from brokerage.files.chapters import ChapterStatus
from brokerage.files.events import FileServed
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from tests.accounts.factories import AT
from tests.files.factories import checked, webm


def with_chapters(
    application: Application, *, keys: tuple[str, ...] = ("digits", "own_will")
) -> list[Chapter]:
    """Kept chapters of the recording that the factory of applications made."""
    made = Witnessing.objects.current().get(application=application)
    return [_chapter(made, key, number) for number, key in enumerate(keys, start=1)]


def open_all(application: Application, reader: User, *, at: datetime = AT) -> None:
    """The reader opens each file of the recording, as the journal tells it."""
    for chapter in Chapter.objects.filter(witnessing__application=application):
        assert chapter.file_ref is not None
        event = FileServed(subject=chapter.file_ref, purpose=RECORDING, owner_ref=application.ref)
        record(event, actor=Actor.of(reader), at=at)


def a_clip(application: Application, mark: str) -> files.StoredFile:
    """A checked recording of its own content."""
    return checked(webm(mark.encode() * 100), owner=application.ref, purpose=RECORDING)


def _chapter(made: Witnessing, key: str, number: int) -> Chapter:
    file = a_clip(made.application, f"{key}{number}")
    return Chapter.objects.create(
        witnessing=made,
        key=key,
        position=number,
        shown="请读：4 7 1 9 0 2" if key == "digits" else "我自愿开户。",
        digits="471902" if key == "digits" else "",
        least_seconds=2,
        most_seconds=30,
        status=ChapterStatus.KEPT,
        shown_at=AT,
        file_ref=file.ref,
        file_sha256=file.sha256,
        kept_at=AT,
        attempts=1,
    )
