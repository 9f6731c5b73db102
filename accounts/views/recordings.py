"""The video step: one chapter after the other, recorded in the page or sent as a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import push_url

from accounts.evidence.states import WitnessingStatus
from accounts.facts import forget, note_proved
from accounts.files import RECORDING
from accounts.models import Application, Chapter, Witnessing
from accounts.states import Step
from accounts.use_cases.recordings import (
    REDO,
    AlreadyKept,
    begin_witnessing,
    keep_chapter,
    keep_sent_chapter,
    redo_chapter,
    witnessing_of,
)
from accounts.views.frame import (
    MINE_FIRST,
    READ_OR_WRITE,
    actor_of,
    frame,
    is_done,
    language,
    mine,
    onward,
)
from brokerage.core import clock
from brokerage.core.in_place import is_in_place
from brokerage.core.written import SOME_KEY, SOME_REF, Written
from brokerage.files import api as files
from brokerage.files.chapters import ChapterStatus, UnableToRecord

LOST = _("We did not get this recording. Record it again.")
CHAPTER = Written(
    lambda ref, application: Chapter.objects.filter(ref=ref, witnessing__application=application),
    ref=SOME_REF,
    application=SOME_KEY,
)
CAMERA = "camera=(self), microphone=(self), geolocation=(), payment=()"


@MINE_FIRST
@login_required
@READ_OR_WRITE
def video(request: HttpRequest, ref: UUID) -> HttpResponse:
    """What it takes and a button to begin; then all chapters, the next one open."""
    application = mine(request, ref)
    if not application.may_change(Step.VIDEO):
        return redirect(application)
    at = clock.now()
    if request.method == "POST":
        begun = None
        if not application.is_counter_only:
            begun = begin_witnessing(application=application, language=language(), at=at)
        return _back_to_video(request, application, at, begun)
    return _page(request, application, at)


def _back_to_video(
    request: HttpRequest, application: Application, at: datetime, known: Witnessing | None
) -> HttpResponse:
    """The page again: in place of itself, whose document may use the camera, or by its address."""
    here = reverse("accounts:video", args=[application.ref])
    if not is_in_place(request):
        return redirect(here)
    return push_url(_page(request, application, at, known), here)


def _page(
    request: HttpRequest,
    application: Application,
    at: datetime,
    known: Witnessing | None = None,
) -> HttpResponse:
    """The page of a recording, which is looked up where it is not known."""
    witnessing = known or witnessing_of(application)
    at_outlet = witnessing is not None and witnessing.place_id is not None
    if witnessing and at_outlet and witnessing.status != WitnessingStatus.COMPLETE:
        witnessing = None  # an outlet began one; here the customer begins an own one
    if application.without_face or (application.is_counter_only and not at_outlet):
        witnessing = None  # what was recorded at home does not count
    context = chapters_page(
        application,
        witnessing,
        begin_url=reverse("accounts:video", args=[application.ref]),
        chapter_url=lambda chapter: reverse(
            "accounts:chapter", args=[application.ref, chapter.ref]
        ),
    )
    on_site = application.is_counter_only
    context |= {"step": Step.VIDEO, "fixed": at_outlet, "on_site": on_site, "meets": on_site}
    context |= {"faceless": application.without_face, "whole_most": files.PART_MOST}
    response = render(request, "accounts/recordings/video.html", frame(application, at) | context)
    response.headers["Permissions-Policy"] = CAMERA
    return response


def chapters_page(
    application: Application,
    witnessing: Witnessing | None,
    *,
    begin_url: str,
    chapter_url: Callable[[Chapter], str],
) -> dict[str, Any]:
    """The context of accounts/recordings/chapters.html.

    Args:
        application: whose video it is.
        witnessing: the recording that is gone on with, or None where it begins.
        begin_url: where a recording is begun.
        chapter_url: where a chapter is kept or redone.
    """
    chapters = witnessing.in_order() if witnessing else []
    missing = [chapter for chapter in chapters if chapter.status == ChapterStatus.MISSING]
    return {
        "owner": application.ref,
        "begun": witnessing is not None,
        "chapters": chapters,
        "recorded": [
            (chapter, chapter_url(chapter)) for chapter in chapters if chapter not in missing
        ],
        "next": missing[0] if missing else None,
        "next_url": chapter_url(missing[0]) if missing else "",
        "begin_url": begin_url,
        "number": len(chapters) - len(missing) + 1,
        "purpose": RECORDING,
    }


@MINE_FIRST
@login_required
@require_http_methods(["GET", "HEAD", "POST", "PUT"])
def chapter(request: HttpRequest, ref: UUID, chapter: UUID) -> HttpResponse:
    """Keep a chapter, or redo it; whoever only looks is shown the video.

    A PUT brings the recording as its body, with a `Content-Digest` by which the same one sent
    again is known. A POST says which (`file`: ref of an upload), brings it (`video`), or asks to
    redo.
    """
    application = mine(request, ref)
    if not application.may_change(Step.VIDEO):
        return redirect(application)
    if application.without_face:
        raise Http404
    if request.method not in ("POST", "PUT"):
        _found(application, chapter)
        return redirect("accounts:video", application.ref)
    at, row = clock.now(), None
    try:
        row = _keep_or_redo(request, application, chapter, at)
    except UnableToRecord as refused:
        messages.error(request, str(refused))
    except files.UnableToStore as refused:
        messages.error(request, refused.messages[0])
    _know_of(row, application)
    if is_done(application, Step.VIDEO):
        return onward(request, application, Step.VIDEO, at)
    return _back_to_video(request, application, at, row.witnessing if row else None)


def _know_of(row: Chapter | None, application: Application) -> None:
    """Facts in hand know of a chapter that was kept; an open recording changes nothing in them."""
    if row is None or row.status == ChapterStatus.MISSING:
        forget(application)
        return
    complete = row.witnessing.status == WitnessingStatus.COMPLETE
    if complete and row.witnessing.mode in application.modes_that_count:
        note_proved(application, Step.VIDEO)


def _keep_or_redo(
    request: HttpRequest, application: Application, ref: UUID, at: datetime
) -> Chapter | None:
    """The chapter as it is then; None where it has already what was sent."""
    actor = actor_of(request)
    if request.POST.get("act") == REDO:
        return redo_chapter(chapter=_found(application, ref), actor=actor, at=at)
    upload = _body(request) if request.method == "PUT" else request.FILES.get("video")
    if upload is None:
        found = _found(application, ref)
        return keep_chapter(chapter=found, file_ref=_named(request), actor=actor, at=at)
    try:
        with files.storing(**_sent(request, application, upload)) as file:
            return keep_sent_chapter(
                application=application, ref=ref, file=file, actor=actor, at=at
            )
    except AlreadyKept:
        return None
    except Chapter.DoesNotExist:
        raise Http404 from None


def _found(application: Application, ref: UUID) -> Chapter:
    """A chapter of an application, or 404."""
    if found := CHAPTER.first(ref=ref, application=application.pk):
        return found
    raise Http404


def _body(request: HttpRequest) -> files.RequestBody:
    try:
        return files.RequestBody(request, most=files.PART_MOST)
    except ValueError:
        raise UnableToRecord(LOST) from None


def _named(request: HttpRequest) -> UUID:
    """The ref of an upload that a script sent in pieces."""
    try:
        return UUID(request.POST.get("file", ""))
    except ValueError:
        raise UnableToRecord(LOST) from None


def file_of(request: HttpRequest, application: Application) -> UUID:
    """The ref that a script sent, or that of the file in a plain form."""
    if upload := request.FILES.get("video"):
        return files.store(**_sent(request, application, upload)).ref
    return _named(request)


def _sent(request: HttpRequest, application: Application, upload: Any) -> dict[str, Any]:
    """How a recording of an application is stored."""
    return {
        "upload": upload,
        "purpose": RECORDING,
        "owner_ref": application.ref,
        "actor": actor_of(request),
        "at": clock.now(),
    }
