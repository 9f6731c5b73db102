"""Opening a stored file."""

from __future__ import annotations

import io
from uuid import UUID

from brokerage.core.crypto import CannotOpen
from brokerage.files.frames import FRAME, FileDamaged, FrameReader
from brokerage.files.models import StoredFile
from brokerage.files.states import WITH_CONTENT
from brokerage.files.storage import storage


def open_stream(file: StoredFile) -> io.BufferedReader:
    """The plain bytes of `file`, seekable, decrypted as they are read.

    Raises:
        FileDamaged: when they are missing, cut or changed; also on reading.
        ValueError: when the file has no content in its state.
    """
    if file.status not in WITH_CONTENT or file.name is None:
        raise ValueError(f"A {file.status} file has no content.")
    try:
        raw = storage().open(file.name)
    except FileNotFoundError:
        raise FileDamaged("missing") from None
    try:
        reader = FrameReader(raw, key=file.key_bytes, ref=file.ref)
        if reader.size != file.size:
            raise FileDamaged("another length")
    except CannotOpen:
        raw.close()
        raise FileDamaged("its key does not open") from None
    except BaseException:
        raw.close()
        raise
    return io.BufferedReader(reader, FRAME)


def open_kept(ref: UUID) -> tuple[StoredFile, io.BufferedReader] | None:
    """A file and its plain bytes; those of the clean copy where its check put one in its place.

    None where there is no such file, or nothing of it is kept (refused, or disposed of).

    Raises:
        FileDamaged: when the bytes are missing, cut or changed; also on reading.
    """
    for last in (False, True):
        file = StoredFile.objects.filter(ref=ref).first()
        kept = file if file is None or file.status in WITH_CONTENT else file.shown()
        if kept is None:
            return None
        try:
            return kept, open_stream(kept)
        except FileDamaged:
            if last:  # else the check may have removed the original between the two looks
                raise
    return None
