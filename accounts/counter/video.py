"""The video at a counter: the same chapters, recorded by the witness of the outlet."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.counter.desk import CASE, case_or_404, is_open, say
from accounts.evidence.states import WitnessingMode
from accounts.models import CaseRelease, Chapter, Witnessing
from accounts.states import Step
from accounts.use_cases.help_at_counter import help_with, is_witness
from accounts.use_cases.recordings import (
    REDO,
    begin_witnessing,
    keep_chapter,
    redo_chapter,
    witnessing_of,
)
from accounts.use_cases.release_case import UnableToRelease
from accounts.views.frame import language
from accounts.views.recordings import CAMERA, chapters_page, file_of
from brokerage.backoffice.frame import page
from brokerage.backoffice.people import user_of
from brokerage.core import clock
from brokerage.files import api as files
from brokerage.files.chapters import UnableToRecord
from brokerage.journal.actors import Actor

VIDEO = "admin:accounts_application_case_video"
CHAPTER = "admin:accounts_application_case_chapter"


def video(request: HttpRequest, ref: UUID) -> HttpResponse:
    """What it takes and a button to begin; then all chapters, the next one open."""
    release = case_or_404(request, ref)
    row = release.application
    if row.without_face or not is_open(row, Step.VIDEO):
        return redirect(CASE, release.ref)
    at, helper = clock.now(), user_of(request)
    if request.method == "POST":
        try:
            help_with(
                release=release,
                step=Step.VIDEO,
                helper=helper,
                at=at,
                act=lambda held: begin_witnessing(
                    application=held.application,
                    language=language(),
                    at=at,
                    witness=helper,
                    place=held.outlet,
                ),
            )
        except UnableToRelease as refusal:
            say(request, refusal)
        return redirect(VIDEO, release.ref)
    begun = _begun(release, witnessing_of(row))
    context = chapters_page(
        row,
        begun,
        begin_url=reverse(VIDEO, args=[release.ref]),
        chapter_url=lambda chapter: reverse(CHAPTER, args=[release.ref, chapter.ref]),
    )
    context |= {"release": release, "row": row, "may_witness": is_witness(helper, release, at)}
    response = page(request, "accounts/counter/video.html", context)
    response.headers["Permissions-Policy"] = CAMERA
    return response


@require_POST
def chapter(request: HttpRequest, ref: UUID, chapter: UUID) -> HttpResponse:
    """Keep a chapter of this person's recording here, or redo it; as the customer's page does."""
    release = case_or_404(request, ref)
    row = release.application
    chapters = Chapter.objects.select_related("witnessing")
    found = chapters.filter(ref=chapter, witnessing__application=row).first()
    if found is None or row.without_face or _begun(release, found.witnessing) is None:
        raise Http404
    helper, at = user_of(request), clock.now()
    actor = Actor.of(helper)
    try:
        if request.POST.get("act") == REDO:
            help_with(
                release=release,
                step=Step.VIDEO,
                helper=helper,
                at=at,
                act=lambda held: redo_chapter(chapter=found, actor=actor, at=at),
            )
        else:
            kept = file_of(request, row)
            help_with(
                release=release,
                step=Step.VIDEO,
                helper=helper,
                at=at,
                act=lambda held: keep_chapter(chapter=found, file_ref=kept, actor=actor, at=at),
            )
    except (UnableToRecord, UnableToRelease) as refusal:
        say(request, refusal)
    except files.UnableToStore as refused:
        say(request, Exception(refused.messages[0]))
    return redirect(VIDEO, release.ref)


def _begun(release: CaseRelease, found: Witnessing | None) -> Witnessing | None:
    """The recording of this person here; one of the customer's own is begun anew."""
    if found is None or found.mode != WitnessingMode.OUTLET:
        return None
    mine = (found.witness_id, found.place_id) == (release.helper_id, release.outlet_id)
    return found if mine else None
