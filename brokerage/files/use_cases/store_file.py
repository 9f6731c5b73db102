"""Receive a file: streamed, encrypted on the way, complete or not there at all."""

from __future__ import annotations

import base64
import errno
import hashlib
import logging
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction

from brokerage.core.jobs import enqueuing, left_to_caller, together
from brokerage.core.saving import save_where
from brokerage.files import content, quota
from brokerage.files.events import FileStored
from brokerage.files.frames import FrameWriter
from brokerage.files.models import StoredFile
from brokerage.files.purposes import MEGABYTE, Purpose, purposes
from brokerage.files.refusals import UnableToStore
from brokerage.files.states import Status
from brokerage.files.storage import storage
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.journal.record import together as told_together

CHUNK = 64 * 1024
AT_ONCE = 4 * MEGABYTE
"""Up to so many bytes, announced, a file is written down first and holds no room meanwhile."""
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
CONTENT = ("status", "name", "key", "sha256", "size", "stored_at")
log = logging.getLogger(__name__)


class Upload(Protocol):
    """Django's UploadedFile, or any open binary file."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Written:
    """What has been put into the storage under `name`."""

    name: str
    key: bytes
    sha256: str
    size: int


def store(
    *, upload: Upload, purpose: str, owner_ref: UUID, actor: Actor, at: datetime
) -> StoredFile:
    """Receive a file; its check follows in the worker, and only then may it be shown.

    Args and raises as `storing`.
    """
    with storing(upload=upload, purpose=purpose, owner_ref=owner_ref, actor=actor, at=at) as file:
        return file


@contextmanager
def storing(
    *, upload: Upload, purpose: str, owner_ref: UUID, actor: Actor, at: datetime
) -> Iterator[StoredFile]:
    """Receive a file together with what it is sent for, all of it or nothing.

    The body runs in the transaction that keeps the file, which is on the disk by then; keep its
    `ref`, the row may follow. Where it raises, nothing of the file stays.

    Call it outside a transaction: it holds counters of the quotas only for moments, an outer
    transaction would hold them for the whole upload.

    Args:
        upload: read once from where it stands; its name and declared type are ignored.
        purpose: key of a registered purpose.
        owner_ref: public ref of the owner, of the purpose's owner type.
        actor: who sent it.
        at: now.

    Raises:
        UnableToStore: with a message for who sent it; nothing stays behind.
    """
    rules = purposes.get(purpose)
    chunks = _chunks(upload)
    try:
        head = _head(chunks)
    except OSError as error:
        raise _refusal(error) from error
    content_type = content.detect(head)
    if not head:
        raise UnableToStore("empty")
    if content_type not in rules.types:
        raise UnableToStore("type")
    announced, whole = _declared_size(upload), chain([head], chunks)
    if announced > rules.max_bytes:
        raise UnableToStore("too_large")
    file = _expected(rules, owner_ref, announced or rules.max_bytes, content_type, at)
    kept = _at_once if 0 < announced <= AT_ONCE else _reserved
    with kept(file, whole, actor, at):
        yield file


@contextmanager
def _at_once(
    file: StoredFile, chunks: Iterator[bytes], actor: Actor, at: datetime
) -> Iterator[None]:
    """Write a small file to the disk, then its row and what the body adds in one transaction.

    Bytes that a killed process leaves without a row are removed by the sweep.
    """
    written = write(chunks, ref=file.ref, most=file.size)
    with _keeping_bytes(written), told_together(with_rows=True), left_to_caller() as jobs:
        put(file, written, at=at)
        file.move_to(Status.STORED)
        yield
        _defer_check(file)
        rows = [*quota.taking(file), enqueuing(jobs)]  # last: everybody waits for counters
        record(_stored(file), actor=actor, at=at, rows=rows)


@contextmanager
def _reserved(
    file: StoredFile, chunks: Iterator[bytes], actor: Actor, at: datetime
) -> Iterator[None]:
    """Hold room for a file for as long as it comes, then keep it with what the body adds."""
    quota.take(file)
    try:
        with _keeping(file, write(chunks, ref=file.ref, most=file.size), actor, at):
            yield
    except BaseException:
        forget(file)
        raise


def write(chunks: Iterator[bytes], *, ref: UUID, most: int, refusal: str = "too_large") -> Written:
    """Encrypt `chunks` into the storage under a fresh name and key.

    Raises:
        UnableToStore: `refusal` beyond `most` bytes; no_space or storage where writing fails.
    """
    name, key = uuid.uuid4().hex, secrets.token_bytes(_key_size())
    digest, size = hashlib.sha256(), 0
    try:
        with storage().writing(name) as out:
            frames = FrameWriter(out, key=key, ref=ref)
            for chunk in chunks:
                size += len(chunk)
                if size > most:
                    raise UnableToStore(refusal)
                digest.update(chunk)
                frames.write(chunk)
            frames.close()
    except OSError as error:
        raise _refusal(error) from error
    return Written(name, key, digest.hexdigest(), size)


def put(file: StoredFile, written: Written, *, at: datetime) -> None:
    """Set what was written on `file` in memory."""
    file.name, file.sha256, file.size = written.name, written.sha256, written.size
    file.key = base64.b64encode(written.key).decode()
    file.stored_at = at


def _refusal(error: OSError) -> UnableToStore:
    log.error("file not stored", extra={"error": errno.errorcode.get(error.errno or 0, "")})
    return UnableToStore("no_space" if error.errno in FULL else "storage")


def _key_size() -> int:
    # a deployment that seals with SM4 encrypts its files with SM4 too
    return len(settings.KEYS.data[settings.KEYS.current])


def _chunks(upload: Upload) -> Iterator[bytes]:
    while chunk := upload.read(CHUNK):
        yield chunk


def _head(chunks: Iterator[bytes]) -> bytes:
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= content.HEAD_BYTES:
            break
    return head


def _declared_size(upload: Upload) -> int:
    size = getattr(upload, "size", None)
    return size if isinstance(size, int) and size > 0 else 0


def reserve(
    rules: Purpose, owner_ref: UUID, size: int, content_type: str, at: datetime
) -> StoredFile:
    """A row in `receiving` that holds room for `size` bytes.

    Raises:
        QuotaExceeded: without room.
    """
    file = _expected(rules, owner_ref, size, content_type, at)
    quota.take(file)
    return file


def _expected(
    rules: Purpose, owner_ref: UUID, size: int, content_type: str, at: datetime
) -> StoredFile:
    """A row in `receiving`, not written yet."""
    return StoredFile(
        purpose=rules.key,
        owner_type=rules.owner_type,
        owner_ref=owner_ref,
        size=size,
        content_type=content_type,
        created_at=at,
    )


def keep(file: StoredFile, written: Written, actor: Actor, at: datetime) -> StoredFile:
    """Turn the reservation of a file in pieces into a stored file; the pieces go.

    Raises:
        UnableToStore: as `_keeping`.
    """
    with _keeping(file, written, actor, at):
        remove_parts(file)
    return file


@contextmanager
def _keeping(file: StoredFile, written: Written, actor: Actor, at: datetime) -> Iterator[None]:
    """Turn a reservation into a stored file and have it checked, with what the body adds.

    Raises:
        UnableToStore: `storage` where the sweep took the reservation meanwhile, `ended` where
            it is no reservation any more. What was written is removed then.
    """
    with _keeping_bytes(written), together(), told_together():
        reserved = file.size
        put(file, written, at=at)
        file.move_to(Status.STORED)
        if not save_where(file, *CONTENT, status=Status.RECEIVING):
            ended = StoredFile.objects.filter(pk=file.pk).exists()
            # else it took longer than a day, and the sweep came
            raise UnableToStore("ended" if ended else "storage")
        quota.change(file, size=file.size - reserved)
        record(_stored(file), actor=actor, at=at)
        _defer_check(file)
        yield


@contextmanager
def _keeping_bytes(written: Written) -> Iterator[None]:
    """A transaction; where it does not commit, the bytes go."""
    kept: list[Written] = []
    try:
        with transaction.atomic():
            transaction.on_commit(partial(kept.append, written))
            yield
    except BaseException:
        if not kept:  # else what follows the commit failed, and the row wants its bytes
            storage().delete(written.name)
        raise


def _stored(file: StoredFile) -> FileStored:
    return FileStored(
        subject=file.ref,
        purpose=file.purpose,
        owner_ref=file.owner_ref,
        content_type=file.content_type,
        size=file.size,
    )


def _defer_check(file: StoredFile) -> None:
    from brokerage.files.tasks import check_file  # a task calls use cases, which defer it

    check_file.defer(ref=str(file.ref))


def forget(file: StoredFile) -> None:
    """Take the reservation back; where even that fails, the sweep does it after a day."""
    try:
        with transaction.atomic():
            row = StoredFile.objects.select_for_update().filter(pk=file.pk).first()
            if row and row.status == Status.RECEIVING:
                remove_reservation(row)
    except Exception:
        log.exception("reservation of a file not taken back")


def remove_reservation(row: StoredFile) -> None:
    """Delete a locked row in `receiving` with its pieces, and give its room back."""
    quota.give_back(row)
    remove_parts(row)
    row.delete()


def remove_parts(row: StoredFile) -> None:
    """Delete the pieces of a locked row; their bytes go when the transaction has committed."""
    for name in row.parts.values_list("name", flat=True):
        transaction.on_commit(partial(storage().delete, name))
    row.parts.all().delete()
