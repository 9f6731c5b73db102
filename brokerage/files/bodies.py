"""A file, or a piece of one, that is the body of a request as it stands."""

from __future__ import annotations

import base64
import binascii
import hmac
from hashlib import sha256

from django.http import HttpRequest

from brokerage.files.refusals import UnableToStore


class RequestBody:
    """A request's body as a stream that ends in a refusal where it is cut or not as declared.

    Attributes:
        size: bytes, as the request says.
        declared: the SHA-256 of its `Content-Digest` (RFC 9530); empty where it names none.
    """

    def __init__(self, request: HttpRequest, *, most: int) -> None:
        """
        Args:
            request: whose body was not read yet.
            most: bytes that are taken.

        Raises:
            UnableToStore: part_size without a length, or beyond `most`.
            ValueError: when the digest cannot be read.
        """
        self.size = int(request.headers.get("Content-Length") or 0)
        if not 0 < self.size <= most:
            raise UnableToStore("part_size")
        self.declared = _declared_digest(request.headers.get("Content-Digest", ""))
        self._request, self._left, self._hash = request, self.size, sha256()

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; none at the end."""
        chunk = self._request.read(min(size, self._left) if size >= 0 else self._left)
        self._hash.update(chunk)
        self._left -= len(chunk)
        if not chunk:
            self._compare()
        return chunk

    def _compare(self) -> None:
        if self._left:
            raise UnableToStore("part_size")
        if self.declared and not hmac.compare_digest(self.declared, self._hash.digest()):
            raise UnableToStore("part_differs")


def _declared_digest(header: str) -> bytes:
    """The sha-256 of a Content-Digest header; empty where it names none."""
    for entry in header.split(","):
        name, _, value = entry.strip().partition("=")
        if name == "sha-256":
            try:
                return base64.b64decode(value.strip(":"), validate=True)
            except binascii.Error:
                raise ValueError("Content-Digest cannot be read.") from None
    return b""
