"""Receiving a request's files: what is too large for memory goes to the disk encrypted only.

The temporary file has no name, and its key lives in this process: nothing stays of it.
"""

from __future__ import annotations

import io
import logging
import secrets
import tempfile
import uuid
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from brokerage.files.frames import FRAME, FrameReader, FrameWriter
from brokerage.files.purposes import MEGABYTE, purposes

KEY_BYTES = 32
WITHOUT_PURPOSES = 20 * MEGABYTE
log = logging.getLogger(__name__)


class SealedUploadHandler(FileUploadHandler):
    """Django's upload handler for everything beyond FILE_UPLOAD_MAX_MEMORY_SIZE."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._most = max((one.max_bytes for one in purposes), default=WITHOUT_PURPOSES)
        self._error: OSError | None = None
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the upload
        self._key, self._ref = secrets.token_bytes(KEY_BYTES), uuid.uuid4()
        self._frames = FrameWriter(self._file, key=self._key, ref=self._ref)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if start + len(raw_data) > self._most:
            self._file.close()
            raise StopUpload(connection_reset=True)
        if self._error is None:
            try:
                self._frames.write(raw_data)
            except OSError as error:  # a full disk: told by reading the file, not by a crash here
                self._error = error
        return None

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        if self._error is None:
            try:
                self._frames.close()
                self._file.flush()
                self._file.seek(0)
                opened = FrameReader(self._file, key=self._key, ref=self._ref)
                return _uploaded(self, io.BufferedReader(opened, FRAME), file_size)
            except OSError as error:
                self._error = error
        self._file.close()
        log.error("upload not kept", extra={"error": self._error.errno or 0})
        return _uploaded(self, _Unreadable(self._error), file_size)

    def upload_interrupted(self) -> None:
        if hasattr(self, "_file"):
            self._file.close()


class _Unreadable(io.RawIOBase):
    """Stands for an upload that could not be kept; reading it says why."""

    def __init__(self, error: OSError) -> None:
        self._error = error

    def read(self, size: int = -1, /) -> bytes:
        raise self._error


def _uploaded(handler: FileUploadHandler, file: Any, size: int) -> UploadedFile[Any]:
    return UploadedFile(
        file=file,
        name=handler.file_name,
        content_type=handler.content_type,
        size=size,
        charset=handler.charset,
    )
