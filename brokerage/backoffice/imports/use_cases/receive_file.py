"""Take the file of somebody who brings a list; it is read in the background."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from typing import Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.backoffice.events import ImportReceived
from brokerage.backoffice.imports.importer import Importer, may_bring
from brokerage.backoffice.imports.reading import MOST_BYTES
from brokerage.backoffice.imports.refusals import UnableToImport
from brokerage.backoffice.models import ImportPart, ImportRun
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User

PART = 480_000  # a multiple of 3, so that parts of base64 join


class Upload(Protocol):
    """Django's UploadedFile, or any open binary file."""

    def read(self, size: int = -1, /) -> bytes: ...


def receive_file(
    *,
    upload: Upload,
    importer: Importer,
    maker: User,
    at: datetime,
    announced: int | None = None,
) -> ImportRun:
    """Keep the file, encrypted, until a worker has read it. Its name is never kept.

    Args:
        upload: read once from where it stands.
        importer: what kind of list it is.
        maker: who brings it.
        at: now.
        announced: how many rows the sender said there are; another number is refused when it is
            read. None where nobody said.

    Raises:
        UnableToImport: it is empty or too large, or this person may not bring such a list.
    """
    if not may_bring(maker, importer):
        raise UnableToImport(_("Your role may not import this list."))
    body = upload.read(MOST_BYTES + 1)
    if not body:
        raise UnableToImport(_("The file is empty."))
    if len(body) > MOST_BYTES:
        raise UnableToImport(
            _("The file is larger than {most} MB. Split it.").format(most=MOST_BYTES // 1_000_000)
        )
    with transaction.atomic():
        return _keep(body, importer, maker, at, announced)


def _keep(
    body: bytes, importer: Importer, maker: User, at: datetime, announced: int | None
) -> ImportRun:
    from brokerage.backoffice.imports.tasks import read_import

    run = ImportRun.objects.create(
        importer=importer.key,
        sha256=hashlib.sha256(body).hexdigest(),
        size=len(body),
        announced_count=announced,
        made_by_ref=maker.ref,
        made_at=at,
    )
    for number, start in enumerate(range(0, len(body), PART)):
        text = base64.b64encode(body[start : start + PART]).decode()
        ImportPart.objects.create(run=run, number=number, body=text)
    record(
        ImportReceived(subject=run.ref, importer=run.importer, size=run.size),
        actor=Actor.of(maker),
        at=at,
    )
    read_import.defer(ref=str(run.ref))
    return run
