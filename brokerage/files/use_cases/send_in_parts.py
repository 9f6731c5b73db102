"""Receive a file in pieces: a video is recorded piece by piece, and lines break.

The pieces arrive in order. A repeated piece is fine if it is the same; the answer to a piece that
came too early names the one that is missing. Nothing counts until the pieces were put together
and the digest of the whole fits what the sender says.
"""

from __future__ import annotations

import base64
import io
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Sum

from brokerage.core.crypto import CannotOpen
from brokerage.files import content
from brokerage.files.frames import FileDamaged, FrameReader
from brokerage.files.models import FilePart, StoredFile
from brokerage.files.purposes import MEGABYTE, purposes
from brokerage.files.refusals import UnableToStore
from brokerage.files.states import Status
from brokerage.files.storage import storage
from brokerage.files.use_cases.store_file import (
    CHUNK,
    Upload,
    Written,
    forget,
    keep,
    remove_reservation,
    reserve,
    write,
)
from brokerage.journal.actors import Actor

PART_MOST = 4 * MEGABYTE
PARTS_MOST = 5_000


@dataclass(frozen=True)
class Progress:
    """How far a file in pieces has come: the next piece, and the bytes that are there."""

    next: int
    received: int


def begin(*, purpose: str, owner_ref: UUID, at: datetime, size: int | None = None) -> StoredFile:
    """Open a file that will come in pieces; it is given up after a day.

    Args:
        purpose: key of a registered purpose.
        owner_ref: public ref of the owner, of the purpose's owner type.
        at: now.
        size: bytes of the whole, where the sender knows them; else room for the purpose's
            largest file is held.

    Raises:
        UnableToStore: too_large, empty, or a quota.
    """
    rules = purposes.get(purpose)
    if size is not None and size <= 0:
        raise UnableToStore("empty")
    if size is not None and size > rules.max_bytes:
        raise UnableToStore("too_large")
    return reserve(rules, owner_ref, size or rules.max_bytes, "", at)


def progress(file: StoredFile) -> Progress:
    """What has arrived of a file in pieces."""
    counted = file.parts.aggregate(next=Count("pk"), received=Sum("size"))
    return Progress(counted["next"], counted["received"] or 0)


def add_part(*, file: StoredFile, number: int, upload: Upload, at: datetime) -> Progress:
    """Receive piece `number`, counted from 0; call it outside a transaction.

    Sending a piece again changes nothing.

    Args:
        file: as `begin` gave it.
        number: of the piece.
        upload: read once from where it stands, PART_MOST bytes at most.
        at: now.

    Raises:
        UnableToStore: part_missing when an earlier piece is missing (see `progress`),
            part_differs, part_size, too_large, type (of the first piece), ended, no_space.
    """
    ref = uuid.uuid4()
    _expected(file, number)
    written = write(_checked(file, number, upload), ref=ref, most=PART_MOST, refusal="part_size")
    try:
        with transaction.atomic():
            row = _receiving(file)
            known = row.parts.filter(number=number).first()
            if known is None:
                return _add(row, number, written, ref, at)
            if known.sha256 != written.sha256:
                raise UnableToStore("part_differs")
            storage().delete(written.name)
            return progress(row)
    except BaseException:
        storage().delete(written.name)
        raise


def finish(*, file: StoredFile, parts: int, sha256: str, actor: Actor, at: datetime) -> StoredFile:
    """Put the pieces together; the check follows in the worker. A second call changes nothing.

    Args:
        file: as `begin` gave it.
        parts: how many pieces the sender sent.
        sha256: of the whole, hexadecimal, as the sender computed it.
        actor: who sent it.
        at: now.

    Raises:
        UnableToStore: part_missing; digest, and the pieces are gone then; ended, when it is
            another file that was put together under this ref.
    """
    file.refresh_from_db()
    try:
        if file.status == Status.RECEIVING:
            return keep(file, _put_together(file, parts, sha256), actor, at)
    except UnableToStore:
        # the same call, a moment earlier, takes the pieces away from this one
        if StoredFile.objects.filter(pk=file.pk, status=Status.RECEIVING).exists():
            raise
        if (kept := StoredFile.objects.filter(pk=file.pk).first()) is None:
            raise
        file = kept
    if file.sha256 != sha256:
        raise UnableToStore("ended")
    return file


def give_up(*, file: StoredFile) -> None:
    """Remove a file in pieces and what came of it; one that is complete stays."""
    with transaction.atomic():
        row = StoredFile.objects.select_for_update().filter(pk=file.pk).first()
        if row is None:
            return
        if row.status != Status.RECEIVING:
            raise UnableToStore("ended")
        remove_reservation(row)


def _put_together(file: StoredFile, parts: int, sha256: str) -> Written:
    pieces = list(file.parts.order_by("number"))
    if not pieces or len(pieces) != parts:
        raise UnableToStore("part_missing")
    written = write(_joined(pieces), ref=file.ref, most=file.size)
    if written.sha256 != sha256:
        storage().delete(written.name)
        forget(file)
        raise UnableToStore("digest")
    return written


def _expected(file: StoredFile, number: int) -> None:
    """Refuse early what `_add` would refuse, before anything is written."""
    _receiving(file, lock=False)
    if number > file.parts.count():
        raise UnableToStore("part_missing")
    if number >= PARTS_MOST:
        raise UnableToStore("too_large")


def _receiving(file: StoredFile, *, lock: bool = True) -> StoredFile:
    rows = StoredFile.objects.filter(pk=file.pk, status=Status.RECEIVING)
    row = (rows.select_for_update() if lock else rows).first()
    if row is None:
        raise UnableToStore("ended")
    return row


def _checked(file: StoredFile, number: int, upload: Upload) -> Iterator[bytes]:
    first = upload.read(CHUNK)
    while first and len(first) < content.HEAD_BYTES and (more := upload.read(CHUNK)):
        first += more
    if not first:
        raise UnableToStore("part_size")
    if number == 0 and content.detect(first) not in purposes.get(file.purpose).types:
        raise UnableToStore("type")
    yield first
    while chunk := upload.read(CHUNK):
        yield chunk


def _add(row: StoredFile, number: int, written: Written, ref: UUID, at: datetime) -> Progress:
    before = progress(row)
    if number != before.next:
        raise UnableToStore("part_missing")
    if before.received + written.size > row.size:
        raise UnableToStore("too_large")
    part = FilePart(
        ref=ref,
        file=row,
        number=number,
        name=written.name,
        key=base64.b64encode(written.key).decode(),
        sha256=written.sha256,
        size=written.size,
        created_at=at,
    )
    part.save()
    if number == 0:
        with _opened(part) as stream:
            row.content_type = content.detect(stream.read(content.HEAD_BYTES)) or ""
        row.save(update_fields=["content_type"])
    return Progress(before.next + 1, before.received + written.size)


def _joined(pieces: list[FilePart]) -> Iterator[bytes]:
    for piece in pieces:
        try:
            with _opened(piece) as stream:
                while chunk := stream.read(CHUNK):
                    yield chunk
        except FileDamaged:
            raise UnableToStore("storage") from None


def _opened(part: FilePart) -> BinaryIO:
    """The plain bytes of a piece; raises UnableToStore where they are missing."""
    try:
        raw = storage().open(part.name)
        return io.BufferedReader(FrameReader(raw, key=part.key_bytes, ref=part.ref))
    except (FileNotFoundError, FileDamaged, CannotOpen):
        raise UnableToStore("storage") from None
