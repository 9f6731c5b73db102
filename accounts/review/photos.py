"""Handing a photo of a document to a reviewer, with their name and the instant across it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpResponse

from accounts.files import IDENTITY_DOCUMENT, OWNER
from accounts.models import Application
from accounts.review.watermark import watermarked
from brokerage.core.display import formats
from brokerage.files import api as files
from brokerage.files.events import FileServed
from brokerage.files.states import Status
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User


def checked_photos(application: Application) -> set[UUID]:
    """Refs of the photos of an application that were checked and may be shown; one query."""
    rows = files.StoredFile.objects.of(OWNER, application.ref).filter(
        purpose=IDENTITY_DOCUMENT, status=Status.CHECKED
    )
    pairs = rows.values_list("ref", "original__ref")
    return {original or ref for ref, original in pairs}


def photo_for(
    application: Application,
    ref: UUID,
    *,
    reader: User,
    at: datetime,
    purpose: str = IDENTITY_DOCUMENT,
) -> HttpResponse:
    """The watermarked copy of a photo; the look is in the journal before the first byte.

    Args:
        application: visible to the reader.
        ref: of a photo that counts for it.
        reader: whose name is written across.
        at: the instant written across.
        purpose: of the file.

    Raises:
        Http404: while there is nothing checked to show.
    """
    rows = files.StoredFile.objects.of(OWNER, application.ref)
    file = rows.filter(purpose=purpose, ref=ref).first()
    shown = file.shown() if file else None
    if shown is None:
        raise Http404
    text = f"{reader.display_name} {formats.moment(at)} {application.case_number}"
    with files.open_stream(shown) as plain:
        content = watermarked(plain, text)
    event = FileServed(subject=shown.ref, purpose=shown.purpose, owner_ref=shown.owner_ref)
    with transaction.atomic():
        record(event, actor=Actor.of(reader), at=at)
    answer = HttpResponse(content, content_type="image/jpeg")
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
