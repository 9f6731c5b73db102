"""The form of a stored file: frames of AES-256-GCM under a key of its own (ADR 0004).

    "BFF1", then frames of 64 KiB plain text, each followed by its 16-byte tag

The nonce of a frame is its number and whether it is the last; the file's ref is authenticated with
each. So a changed, missing, repeated, moved or foreign frame does not open, nor does a file cut or
continued at a frame's boundary, and any frame can be read without those before it.
"""

from __future__ import annotations

import io
from typing import Any, BinaryIO, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag

from brokerage.core.crypto import TAG_BYTES, aead

MAGIC = b"BFF1"
FRAME = 64 * 1024
SEALED_FRAME = FRAME + TAG_BYTES


class FileDamaged(Exception):
    """The stored bytes are not what was written: changed, cut, or of another file."""


class Sink(Protocol):
    def write(self, data: bytes, /) -> object: ...


class FrameWriter:
    """Encrypts what it is given into `out`; `close` writes the last frame.

    Args:
        out: takes the ciphertext.
        key: the key of this file only (a second file under it would repeat nonces).
        ref: public ref of the file.
    """

    def __init__(self, out: Sink, *, key: bytes, ref: UUID) -> None:
        self._out, self._cipher, self._bound_to = out, aead(key), MAGIC + ref.bytes
        self._buffer = bytearray()
        self._count = 0
        out.write(MAGIC)

    def write(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) > FRAME:  # a full frame may be the last one, so it waits
            self._emit(bytes(self._buffer[:FRAME]), last=False)
            del self._buffer[:FRAME]

    def close(self) -> None:
        """Write what is left as the last frame, which may be empty."""
        self._emit(bytes(self._buffer), last=True)
        self._buffer.clear()

    def _emit(self, plain: bytes, *, last: bool) -> None:
        self._out.write(
            self._cipher.encrypt(nonce_of(self._count, last=last), plain, self._bound_to)
        )
        self._count += 1


class FrameReader(io.RawIOBase):
    """The plain text of a stored file, at any position; one frame is held at a time.

    Args:
        raw: the ciphertext, seekable; closed with this reader.
        key: the file's key.
        ref: public ref of the file.

    Raises:
        FileDamaged: here and on reading.
    """

    def __init__(self, raw: BinaryIO, *, key: bytes, ref: UUID) -> None:
        self._raw, self._cipher, self._bound_to = raw, aead(key), MAGIC + ref.bytes
        if raw.read(len(MAGIC)) != MAGIC:
            raise FileDamaged("another form")
        body = raw.seek(0, io.SEEK_END) - len(MAGIC)
        whole, rest = divmod(body, SEALED_FRAME)
        if body < TAG_BYTES or 0 < rest < TAG_BYTES:
            raise FileDamaged("cut within a tag")
        self._frames = whole + bool(rest)
        self.size = body - self._frames * TAG_BYTES
        self._held: tuple[int, bytes] = (-1, b"")
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, target: Any) -> int:
        if self._position >= self.size:
            if not self.size:
                self._frame(0)  # an empty file has one frame, which must open as well
            return 0
        number, offset = divmod(self._position, FRAME)
        piece = self._frame(number)[offset : offset + len(target)]
        target[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()

    def _frame(self, number: int) -> bytes:
        if self._held[0] != number:
            self._raw.seek(len(MAGIC) + number * SEALED_FRAME)
            sealed = self._raw.read(SEALED_FRAME)
            nonce = nonce_of(number, last=number == self._frames - 1)
            try:
                self._held = (number, self._cipher.decrypt(nonce, sealed, self._bound_to))
            except (InvalidTag, ValueError):
                raise FileDamaged(f"frame {number}") from None
        return self._held[1]


def nonce_of(number: int, *, last: bool) -> bytes:
    """The nonce of a frame: 11 bytes of its number, one for whether it is the last."""
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")
