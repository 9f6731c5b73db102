"""The video step: one chapter after the other, recorded in the page or sent as a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.evidence.states import WitnessingStatus
from accounts.facts import forget
from accounts.files import RECORDING
from accounts.models import Application, Chapter, Witnessing
from accounts.states import Step
from accounts.use_cases.recordings import (
    REDO,
    begin_witnessing,
    keep_chapter,
    redo_chapter,
    witnessing_of,
)
from accounts.views.frame import READ_OR_WRITE, actor_of, after, frame, is_done, language, mine
from brokerage.core import clock
from brokerage.files import api as files
from brokerage.files.chapters import ChapterStatus, UnableToRecord

CAMERA = "camera=(self), microphone=(self), geolocation=(), payment=()"


@login_required
@READ_OR_WRITE
def video(request: HttpRequest, ref: UUID) -> HttpResponse:
    """What it takes and a button to begin; then all chapters, the next one open."""
    application = mine(request, ref)
    if not application.may_change(Step.VIDEO):
        return redirect(application)
    at = clock.now()
    if request.method == "POST":
        if not application.is_counter_only:
            begin_witnessing(application=application, language=language(), at=at)
        return redirect(reverse("accounts:video", args=[application.ref]))
    witnessing = witnessing_of(application)
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
    context["faceless"] = application.without_face
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
    chapters = list(witnessing.chapters.all()) if witnessing else []
    missing = [chapter for chapter in chapters if chapter.status == ChapterStatus.MISSING]
    return {
        "owner": application.ref,
        "begun": witnessing is not None,
        "chapters": chapters,
        "kept": [
            (chapter, chapter_url(chapter)) for chapter in chapters if chapter not in missing
        ],
        "next": missing[0] if missing else None,
        "next_url": chapter_url(missing[0]) if missing else "",
        "begin_url": begin_url,
        "number": len(chapters) - len(missing) + 1,
        "purpose": RECORDING,
    }


@login_required
@require_POST
def chapter(request: HttpRequest, ref: UUID, chapter: UUID) -> HttpResponse:
    """Keep a chapter (`file`: ref of an upload; or `video`: the file itself), or redo it."""
    application = mine(request, ref)
    if not application.may_change(Step.VIDEO):
        return redirect(application)
    found = Chapter.objects.filter(ref=chapter, witnessing__application=application).first()
    if found is None or application.without_face:
        raise Http404
    actor, at = actor_of(request), clock.now()
    try:
        if request.POST.get("act") == REDO:
            redo_chapter(chapter=found, actor=actor, at=at)
        else:
            keep_chapter(chapter=found, file_ref=file_of(request, application), actor=actor, at=at)
    except UnableToRecord as refused:
        messages.error(request, str(refused))
    except files.UnableToStore as refused:
        messages.error(request, refused.messages[0])
    forget(application)
    if is_done(application, Step.VIDEO):
        return redirect(after(application, Step.VIDEO, at))
    return redirect(reverse("accounts:video", args=[application.ref]))


def file_of(request: HttpRequest, application: Application) -> UUID:
    """The ref that a script sent, or that of the file in a plain form."""
    if upload := request.FILES.get("video"):
        stored = files.store(
            upload=upload,
            purpose=RECORDING,
            owner_ref=application.ref,
            actor=actor_of(request),
            at=clock.now(),
        )
        return stored.ref
    try:
        return UUID(request.POST.get("file", ""))
    except ValueError:
        raise UnableToRecord(_("We did not get this recording. Record it again.")) from None
