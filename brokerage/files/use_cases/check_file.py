"""Check a stored file by its content, and make the clean copy of an image."""

from __future__ import annotations

import io
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from brokerage.files import content, images, quota
from brokerage.files.events import FileChecked, FileRefused
from brokerage.files.models import StoredFile
from brokerage.files.purposes import IMAGES, Purpose, purposes
from brokerage.files.reading import open_stream
from brokerage.files.refusals import ContentRefused
from brokerage.files.scanners import scanner
from brokerage.files.states import Status
from brokerage.files.storage import storage
from brokerage.files.use_cases.dispose_file import dispose_row, remove_content
from brokerage.files.use_cases.store_file import Written, put, write
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

CHECKER = Actor.system("files.checker")


def check(*, ref: UUID, at: datetime) -> StoredFile | None:
    """Check a file that waits for it; one that does not is left alone.

    Args:
        ref: public ref of the file.
        at: now.

    Returns:
        The file in its new state, or None where there was nothing to do.

    Raises:
        FileDamaged: the stored bytes were changed; it stays unshown.
        ScannerUnavailable: there is no verdict; try again.
        UnableToStore: there is no room for the clean copy; try again.
    """
    file = StoredFile.objects.filter(ref=ref, status=Status.STORED).first()
    if file is None:
        return None
    rules = purposes.get(file.purpose)
    try:
        copy = _examine(file, rules)
    except ContentRefused as refused:
        return _refuse(file, refused.code, at)
    if copy is None:
        return _accept(file, None, rules, at)
    clean = StoredFile(
        purpose=file.purpose,
        owner_type=file.owner_type,
        owner_ref=file.owner_ref,
        original=file,
        status=Status.CHECKED,
        content_type="image/jpeg",
        created_at=at,
        checked_at=at,
    )
    most = copy.getbuffer().nbytes
    written = write(iter(partial(copy.read, 64 * 1024), b""), ref=clean.ref, most=most)
    return _accept(file, (clean, written), rules, at)


def _examine(file: StoredFile, rules: Purpose) -> io.BytesIO | None:
    """The clean copy of an image, None for anything else; raises ContentRefused."""
    with open_stream(file) as stream:
        inspector = scanner()
        if inspector and not inspector.scan(stream):
            raise ContentRefused("malware")
        stream.seek(0)
        if file.content_type not in IMAGES:
            content.inspect(file.content_type, stream, file.size)
            return None
        return images.clean_copy(
            stream, file.content_type, max_pixels=rules.max_pixels, max_side=rules.max_side
        )


def _accept(
    file: StoredFile, copy: tuple[StoredFile, Written] | None, rules: Purpose, at: datetime
) -> StoredFile | None:
    try:
        with transaction.atomic():
            row = _still_waiting(file)
            if row is None:  # another worker was first
                _drop(copy)
                return None
            row.checked_at = at
            row.move_to(Status.DERIVED if copy else Status.CHECKED)
            row.save()
            shown = _add_copy(*copy, at=at) if copy else row
            event = FileChecked(
                subject=row.ref, purpose=row.purpose, owner_ref=row.owner_ref, shown_ref=shown.ref
            )
            record(event, actor=CHECKER, at=at)
            if copy and not rules.keep_original:
                dispose_row(row, actor=CHECKER, at=at, reason="clean copy made")
            return row
    except BaseException:
        _drop(copy)
        raise


def _add_copy(clean: StoredFile, written: Written, *, at: datetime) -> StoredFile:
    put(clean, written, at=at)
    clean.save()
    quota.change(clean, size=clean.size, files=1)  # made by us, so no limit stops it
    return clean


def _refuse(file: StoredFile, why: str, at: datetime) -> StoredFile | None:
    with transaction.atomic():
        row = _still_waiting(file)
        if row is None:
            return None
        remove_content(row)
        row.refusal, row.checked_at = why, at
        row.move_to(Status.REFUSED)
        row.save()
        event = FileRefused(subject=row.ref, purpose=row.purpose, owner_ref=row.owner_ref, why=why)
        record(event, actor=CHECKER, at=at)
        return row


def _still_waiting(file: StoredFile) -> StoredFile | None:
    return StoredFile.objects.select_for_update().filter(pk=file.pk, status=Status.STORED).first()


def _drop(copy: tuple[StoredFile, Written] | None) -> None:
    if copy:
        storage().delete(copy[1].name)
