"""Opening a stored file."""

from __future__ import annotations

import io

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
