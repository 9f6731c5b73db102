"""Read a photograph of an identity document in the worker; the customer types on meanwhile."""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import transaction
from django.db.models import UUIDField
from django.utils.translation import gettext as _
from PIL import Image

from accounts.documents.parsing import LONG_TERM, FieldRead, Side, parse, side_of
from accounts.documents.preflight import Flaw, flaws
from accounts.documents.reader import read_lines
from accounts.documents.remarks import Remark, Why
from accounts.evidence.events import DocumentRead
from accounts.evidence.states import CardSide, ReadingStatus
from accounts.models.application import Application
from accounts.models.readings import Reading
from accounts.use_cases.fill_from_reading import fill_from_reading
from accounts.use_cases.writing import lock
from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.core.saving import insert_once, write_of
from brokerage.core.written import SOME_KEY, Given, Written, any_of
from brokerage.files import api as files
from brokerage.files.images import clean_copy
from brokerage.files.refusals import ContentRefused
from brokerage.journal.actors import Actor
from brokerage.journal.record import record, write_along

ACTOR = Actor.system("accounts.reader")
PIXELS = 40_000_000
SIDE = 1600
BY_FILE = Written(
    lambda: Reading.objects.filter(
        any_of("file_ref", Given("refs", ArrayField(UUIDField())), UUIDField())
    )
)
NEWEST = Written(
    lambda application, side: Reading.objects.filter(application=application, side=side).order_by(
        "-pk"
    )[:1],
    application=SOME_KEY,
    side="?",
)


def request_reading(
    *, application: Application, file_ref: UUID, side: CardSide, at: datetime
) -> Reading:
    """Have a stored photograph read; the same file is read once.

    Args:
        application: whose document.
        file_ref: of a file that was received in full (purpose accounts.identity_document).
        side: which side the customer says it is.
        at: now.
    """
    from accounts.evidence.tasks import read_photograph  # tasks call use cases

    reading = Reading(application=application, file_ref=file_ref, side=side, created_at=at)
    with transaction.atomic(savepoint=False):  # nobody goes on where it fails
        if insert_once(reading, "file_ref"):
            read_photograph.defer(ref=str(reading.ref))
            return reading
    return Reading.objects.get(file_ref=file_ref)


def have_read(
    *, application: Application, file_ref: UUID, side: CardSide, at: datetime
) -> Reading:
    """The same for a photograph that is stored in this very transaction, so that none was asked.

    It is written with what else the transaction holds back.
    """
    from accounts.evidence.tasks import read_photograph  # tasks call use cases

    reading = Reading(application=application, file_ref=file_ref, side=side, created_at=at)
    write_along(write_of(reading))
    read_photograph.defer(ref=str(reading.ref))
    return reading


def readings_of(file_refs: Collection[str]) -> dict[str, Reading]:
    """The readings of these photographs, by the ref of the file."""
    refs = [UUID(ref) for ref in file_refs if ref]
    rows = BY_FILE.load(refs=refs) if refs else []
    return {str(row.file_ref): row for row in rows}


def newest_reading(application: Application, side: CardSide) -> Reading | None:
    """The reading of the last photograph of a side, or None."""
    return NEWEST.first(application=application.pk, side=str(side))


def read_document(*, reading: Reading, at: datetime) -> Reading:
    """Read the photograph; about three seconds. Not in a transaction, in the worker only.

    A photograph that cannot be read ends with its flaws; what could be read is kept all the same,
    because the customer corrects it faster than they type it. Empty fields of the form get it.
    """
    if reading.status != ReadingStatus.WAITING:
        return reading
    begun = time.monotonic()
    found, problems = _look(reading, at)
    read = bool(found) and Flaw.WRONG_SIDE not in problems
    with transaction.atomic():
        application = lock(Application(pk=reading.application_id))
        row = lock_row(Reading, reading.pk)
        if row.status != ReadingStatus.WAITING:  # another worker was quicker
            return row
        row.move_to(ReadingStatus.READ if read else ReadingStatus.UNREADABLE)
        row.flaws = [problem.value for problem in problems]
        if read:
            row.fields = json.dumps(
                {name: asdict(field) for name, field in found.items()}, ensure_ascii=False
            )
        row.ended_at = at
        row.milliseconds = round((time.monotonic() - begun) * 1000)
        row.save()
        record(
            DocumentRead(
                subject=application.ref,
                reading=row.ref,
                side=row.side,
                found=tuple(sorted(found)) if read else (),
                flaws=tuple(row.flaws),
            ),
            actor=ACTOR,
            at=at,
        )
        if read:
            fill_from_reading(application=application, reading=row, actor=ACTOR, at=at)
        return row


def flaw_sentence(flaw: str) -> str:
    """What is wrong with a photograph and what to do, for the customer."""
    return {
        Flaw.SMALL: _("The photo is too small. Move closer, or use the full resolution."),
        Flaw.BLUR: _("The photo is blurred. Hold the phone still and tap to focus."),
        Flaw.GLARE: _("Light is reflected on the card. Tilt it a little, or turn the flash off."),
        Flaw.DARK: _("The photo is too dark. Move to a brighter place."),
        Flaw.EDGES: _("Part of the card is cut off. All four corners must be in the photo."),
        Flaw.WRONG_SIDE: _("This is the other side. Turn the card over."),
        Flaw.NO_CARD: _("We see no identity card. Lay it on a plain surface and try again."),
    }[Flaw(flaw)]


def remark_sentence(remark: Remark) -> str:
    """What a remark says beside its field."""
    read = _("long-term") if remark.read == LONG_TERM else remark.read
    if remark.why == Why.DIFFERS:
        return _("On the photo we read “{read}”. Compare both with your card.").format(read=read)
    if remark.why == Why.CHECK_DIGIT:
        return _(
            "On the photo we read “{read}”, but its check digit does not fit. Compare each digit."
        ).format(read=read)
    return _("This was hard to read. Compare it with your card.")


def _look(reading: Reading, at: datetime) -> tuple[dict[str, FieldRead], list[Flaw]]:
    try:
        found = files.open_kept(reading.file_ref)
        if found is None:  # refused by its check
            return {}, [Flaw.NO_CARD]
        file, stream = found
        with stream as plain:
            copy = clean_copy(
                plain,
                file.content_type,
                max_pixels=PIXELS,
                max_side=SIDE,
            )
    except (ContentRefused, files.FileDamaged, ValueError):
        return {}, [Flaw.NO_CARD]
    with Image.open(copy) as image:
        problems = flaws(image)
        if Flaw.SMALL in problems:
            return {}, problems
        lines = read_lines(image)
    seen = side_of(lines)
    if seen is None:
        return {}, [*problems, Flaw.NO_CARD]
    if seen.value != reading.side:
        return {}, [Flaw.WRONG_SIDE, *problems]
    return parse(lines, Side(reading.side), on=business_date(at)), problems
