"""The video of an application as a reviewer watches it: chapter by chapter, and who watched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from accounts.evidence.events import RecordingWatched
from accounts.evidence.states import WitnessingStatus
from accounts.models import Application, Chapter, Witnessing
from brokerage.files import api as files
from brokerage.files.chapters import ChapterStatus
from brokerage.files.events import FileServed
from brokerage.files.states import Status
from brokerage.journal.models import Entry
from brokerage.users.models import User


@dataclass(frozen=True)
class Scene:
    """One chapter beside what was to be said in it.

    Attributes:
        number: its place, counted from 1.
        shown: what the screen said.
        digits: those that have to be heard; empty where it has none.
        url: of the recording; empty while it is not checked.
        kept_at: when it was recorded.
        attempts: how often.
    """

    number: int
    shown: str
    digits: str
    url: str
    kept_at: datetime | None
    attempts: int


@dataclass(frozen=True)
class Film:
    """The current recording of an application.

    Attributes:
        mode: how the person was witnessed, in words.
        witness, place: who recorded it at an outlet, and where; empty for one at home.
        complete: whether no chapter is missing.
        scenes: chapters in their order.
        watched_by: names of those who watched exactly these chapters.
    """

    mode: str
    witness: str
    place: str
    complete: bool
    scenes: list[Scene]
    watched_by: list[str]


def film_of(application: Application) -> Film | None:
    """What there is to watch; None where nothing was recorded. Four queries."""
    made = _current(application)
    if made is None:
        return None
    chapters = list(made.chapters.all())
    refs = [chapter.file_ref for chapter in chapters if chapter.file_ref]
    rows = files.StoredFile.objects.filter(ref__in=refs, status=Status.CHECKED)
    ready = set(rows.values_list("ref", flat=True))
    return Film(
        mode=str(made.get_mode_display()),
        witness=str(made.witness or ""),
        place=str(made.place or ""),
        complete=made.status == WitnessingStatus.COMPLETE,
        scenes=[_scene(chapter, ready) for chapter in chapters],
        watched_by=sorted(set(_watched(application, refs).values_list("actor_name", flat=True))),
    )


def kept_files(application: Application) -> list[UUID]:
    """Refs of the recordings that count now, in the order of their chapters."""
    rows = Chapter.objects.filter(
        witnessing__in=Witnessing.objects.current().filter(application=application),
        status=ChapterStatus.KEPT,
    )
    found = rows.order_by("position").values_list("file_ref", flat=True)
    return [ref for ref in found if ref is not None]


def has_watched(application: Application, officer: User) -> bool:
    """Whether this person watched every chapter that counts now; true where there is none.

    A chapter that was recorded anew since has to be watched again.
    """
    refs = kept_files(application)
    return not refs or _watched(application, refs).filter(actor_ref=officer.ref).exists()


def unopened(refs: Sequence[UUID], officer: User) -> list[UUID]:
    """Those of the files `refs` that this person never opened, by the journal."""
    opened = Entry.objects.filter(
        subject_type=FileServed.subject_type,
        subject_ref__in=refs,
        kind=FileServed.kind,
        actor_ref=officer.ref,
    ).values_list("subject_ref", flat=True)
    return [ref for ref in refs if ref not in set(opened)]


def _current(application: Application) -> Witnessing | None:
    rows = Witnessing.objects.current().select_related("witness", "place")
    return rows.filter(application=application).prefetch_related("chapters").first()


def _watched(application: Application, refs: Sequence[UUID]) -> Any:
    return Entry.objects.filter(
        subject_type=RecordingWatched.subject_type,
        subject_ref=application.ref,
        kind=RecordingWatched.kind,
        payload__files=[str(ref) for ref in refs],
    )


def _scene(chapter: Chapter, ready: set[UUID]) -> Scene:
    ref = chapter.file_ref
    return Scene(
        number=chapter.position,
        shown=chapter.shown,
        digits=" ".join(chapter.digits),
        url=reverse("files:file", args=[ref]) if ref in ready else "",
        kept_at=chapter.kept_at,
        attempts=chapter.attempts,
    )
