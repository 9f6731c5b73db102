"""The video step: one chapter after the other, recorded in the page or sent as a file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.files import RECORDING
from accounts.models import Application
from accounts.models.recordings import Chapter
from accounts.states import EDITABLE
from accounts.use_cases.recordings import (
    REDO,
    UnableToRecord,
    begin_witnessing,
    keep_chapter,
    redo_chapter,
    witnessing_of,
)
from brokerage.core import clock, scope
from brokerage.files import api as files
from brokerage.journal.actors import Actor

CAMERA = "camera=(self), microphone=(self), geolocation=(), payment=()"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def video(request: HttpRequest, ref: UUID) -> HttpResponse:
    """What it takes and a button to begin; then all chapters, the next one open."""
    application = _mine(request, ref)
    if request.method == "POST":
        begin_witnessing(application=application, language=_language(), at=clock.now())
        return redirect(reverse("accounts:video", args=[application.ref]))
    witnessing = witnessing_of(application)
    chapters = list(witnessing.chapters.all()) if witnessing else []
    missing = [chapter for chapter in chapters if chapter.status == "missing"]
    response = render(
        request,
        "accounts/recordings/video.html",
        {
            "application": application,
            "begun": witnessing is not None,
            "chapters": chapters,
            "next": missing[0] if missing else None,
            "done": len(chapters) - len(missing),
            "total": len(chapters),
            "left": len(missing),
            "purpose": RECORDING,
        },
    )
    response.headers["Permissions-Policy"] = CAMERA
    return response


@login_required
@require_POST
def chapter(request: HttpRequest, ref: UUID, chapter: UUID) -> HttpResponse:
    """Keep a chapter (`file`: ref of an upload; or `video`: the file itself), or redo it."""
    application = _mine(request, ref)
    found = Chapter.objects.filter(ref=chapter, witnessing__application=application).first()
    if found is None:
        raise Http404
    actor, at = Actor.of(request.user), clock.now()  # type: ignore[arg-type]
    try:
        if request.POST.get("act") == REDO:
            redo_chapter(chapter=found, actor=actor, at=at)
        else:
            keep_chapter(
                chapter=found, file_ref=_file_of(request, application), actor=actor, at=at
            )
    except UnableToRecord as refused:
        messages.error(request, str(refused))
    except files.UnableToStore as refused:
        messages.error(request, refused.messages[0])
    return redirect(reverse("accounts:video", args=[application.ref]))


def _file_of(request: HttpRequest, application: Application) -> UUID:
    """The ref that a script sent, or that of the file in a plain form."""
    if upload := request.FILES.get("video"):
        stored = files.store(
            upload=upload,
            purpose=RECORDING,
            owner_ref=application.ref,
            actor=Actor.of(request.user),  # type: ignore[arg-type]
            at=clock.now(),
        )
        return stored.ref
    try:
        return UUID(request.POST.get("file", ""))
    except ValueError:
        raise UnableToRecord(_("We did not get this recording. Record it again.")) from None


def _mine(request: HttpRequest, ref: UUID) -> Application:
    user: Any = request.user
    found = scope.visible(Application, user).filter(customer__user=user.pk, ref=ref).first()
    if found is None or found.status not in EDITABLE:
        raise Http404
    return found


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh-hans"
