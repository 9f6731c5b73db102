"""A photo of the document: taken at once, read by the worker while the page is filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.documents.merging import as_answers
from accounts.documents.preflight import Flaw
from accounts.documents.remarks import Remark, Why, remarks
from accounts.evidence.states import ReadingStatus
from accounts.files import IDENTITY_DOCUMENT
from accounts.models import Application, Reading, Section
from accounts.selectors import section_of
from accounts.states import Step
from accounts.use_cases import StepRefused
from accounts.use_cases.photos import SIDES, KeptPhoto, keep_photo
from accounts.use_cases.readings import (
    flaw_sentence,
    newest_reading,
    readings_of,
    remark_sentence,
)
from accounts.views.frame import MINE_FIRST, READ_OR_WRITE, actor_of, mine
from brokerage.core import clock
from brokerage.files import api as files
from brokerage.files.purposes import purposes

LATE = timedelta(seconds=20)
"""After this the page says that reading takes longer, and asks less often."""


@dataclass(frozen=True)
class Line:
    """One field that was read, for the script that fills the page: it never replaces what a
    person typed, but shows `differs` beside it."""

    field: str
    value: str
    differs: str
    doubt: str = ""


@dataclass(frozen=True)
class Photo:
    """How the photo of one side stands.

    Attributes:
        side: front or back; `label` names it.
        state: empty (none yet), kept, waiting, late, read or unreadable.
        flaws: sentences for the customer.
        refused: why the photo that was just sent is not taken.
        lines: what was read.
    """

    side: str
    label: str
    state: str = ""
    flaws: tuple[str, ...] = ()
    refused: str = ""
    lines: tuple[Line, ...] = field(default=())


@MINE_FIRST
@login_required
@READ_OR_WRITE
def photo(request: HttpRequest, ref: UUID, side: str) -> HttpResponse:
    """Part of the identity page: the state of one photo; a POST brings a new one (`photo`).

    While the newest of a side is being read the answer is 204, so that nothing is announced again.
    """
    application = mine(request, ref)
    if side not in SIDES:
        raise Http404
    if not application.may_change(Step.IDENTITY):
        return redirect(application)
    at = clock.now()
    if request.method == "POST":
        return _receive(request, application, side, at)
    newest = newest_reading(application, SIDES[side])
    if newest and _state(newest, at) == ReadingStatus.WAITING:
        return HttpResponse(status=204)
    return _part(request, application, side, at)


def _receive(
    request: HttpRequest, application: Application, side: str, at: datetime
) -> HttpResponse:
    """Keep the photo that was sent, and show how it stands."""
    try:
        kept = _keep(request, application, side, at)
    except files.UnableToStore as refused:
        return _part(request, application, side, at, refused=str(refused.messages[0]))
    except StepRefused as refused:
        return _part(request, application, side, at, refused=str(refused))
    readings = {str(kept.reading.file_ref): kept.reading} if kept.reading else {}
    shown = photo_of(side, kept.section.answers, readings, at)
    return _rendered(request, application, shown, kept.section if kept.known else None)


def _part(
    request: HttpRequest, application: Application, side: str, at: datetime, *, refused: str = ""
) -> HttpResponse:
    """How the photo of a side stands by what is written down."""
    section, version = section_of(application, Step.IDENTITY), _version(request)
    answers = section.answers if section else {}
    shown = photo_of(side, answers, readings_of([answers.get(side, "")]), at, refused=refused)
    if shown.state == ReadingStatus.WAITING and request.method != "POST":
        return HttpResponse(status=204)
    known = section and version is not None and section.is_known_at(version)
    return _rendered(request, application, shown, section if known else None)


def _rendered(
    request: HttpRequest, application: Application, shown: Photo, known: Section | None
) -> HttpResponse:
    """The part of the page; `known` is a section of which it has seen everything."""
    context = {
        "application": application,
        "photo": shown,
        "version": known.version if known else None,
    }
    return render(request, "accounts/photo.html", context, status=422 if shown.refused else 200)


def photo_of(
    side: str,
    answers: Mapping[str, Any],
    readings: Mapping[str, Reading],
    at: datetime,
    *,
    refused: str = "",
) -> Photo:
    """How the photo of a side stands.

    Args:
        side: a key of SIDES.
        answers: of the identity section.
        readings: by the ref of the file.
        at: the instant.
        refused: why the photo that was just sent is not taken.
    """
    kept = str(answers.get(side) or "")
    reading = readings.get(kept)
    label = str(SIDES[side].label)
    if reading is None:
        return Photo(side, label, "kept" if kept else "", refused=refused)
    flaws = tuple(flaw_sentence(flaw) for flaw in reading.flaws)
    lines = tuple(_lines(reading, answers))
    return Photo(side, label, _state(reading, at), flaws, refused, lines)


def photo_words() -> dict[str, Any]:
    """What the script of the page says of a photo before it is sent, and how large one may be."""
    seen = (Flaw.SMALL, Flaw.DARK, Flaw.BLUR, Flaw.GLARE, Flaw.EDGES)
    return {
        "flaws": {flaw.value: flaw_sentence(flaw) for flaw in seen},
        "large": files.MESSAGES["too_large"],
        "most": purposes.get(IDENTITY_DOCUMENT).max_bytes,
    }


def _state(reading: Reading, at: datetime) -> str:
    waits = reading.status == ReadingStatus.WAITING
    return "late" if waits and at - reading.created_at > LATE else str(reading.status)


def _lines(reading: Reading, answers: Mapping[str, Any]) -> list[Line]:
    doubts = {each.field: remark_sentence(each) for each in remarks(reading.found, {})}
    lines = [
        Line(name, value, remark_sentence(Remark(name, Why.DIFFERS, value)), doubts.get(name, ""))
        for name, value in as_answers(reading.found).items()
    ]
    open_ones = {"id_number"} & doubts.keys() - {line.field for line in lines}
    return lines + [Line(name, "", doubts[name], doubts[name]) for name in open_ones]


def _keep(request: HttpRequest, application: Application, side: str, at: datetime) -> KeptPhoto:
    """Receive the photo and put it into the section; raises where either is refused."""
    upload = request.FILES.get("photo")
    if upload is None:
        raise StepRefused(_("We did not get this photo. Choose it again."))
    actor, version = actor_of(request), _version(request)
    with files.storing(
        upload=upload, purpose=IDENTITY_DOCUMENT, owner_ref=application.ref, actor=actor, at=at
    ) as file:
        return keep_photo(
            application=application,
            side=side,
            file_ref=file.ref,
            version=-1 if version is None else version,
            actor=actor,
            at=at,
        )


def _version(request: HttpRequest) -> int | None:
    given = request.POST.get("version") or request.GET.get("version") or ""
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None
