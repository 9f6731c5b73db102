"""Handing a stored file to a browser: decrypted as it goes, unable to act in our pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, TypeVar

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse

from brokerage.files.events import FileServed
from brokerage.files.frames import FRAME
from brokerage.files.models import StoredFile
from brokerage.files.purposes import PDF, purposes
from brokerage.files.reading import open_stream
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

EXTENSIONS = {
    "image/jpeg": "jpg",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "application/pdf": "pdf",
}
Answer = TypeVar("Answer", HttpResponse, StreamingHttpResponse)
POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
RANGE = re.compile(r"bytes=(?P<first>\d{0,15})-(?P<last>\d{0,15})", re.ASCII)


def serve(
    request: HttpRequest,
    file: StoredFile,
    *,
    at: datetime,
    revealed_to: Actor | None = None,
    reason: str = "",
) -> HttpResponse | StreamingHttpResponse:
    """A response with the file's content, or the part of it that a Range header asks for.

    The caller has found `file` through `scope.visible`; what is not checked yet is a 404.

    Args:
        request: for its Range header.
        file: a file or the original of a clean copy.
        at: now.
        revealed_to: who looks at another person's file; it is journalled before the first byte.
        reason: why they look.

    Raises:
        Http404: while there is nothing to show of it.
        FileDamaged: the stored bytes are missing or were changed.
    """
    shown = file.shown()
    if shown is None:
        raise Http404
    first, last = _range(request, shown.size)
    if first > last:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{shown.size}"
        return _guarded(response, shown)
    stream = open_stream(shown)
    stream.seek(first)
    stream.peek(1)  # a damaged first frame is found before the headers are sent
    if revealed_to and not first:
        _record(shown, revealed_to, at, reason)
    answer = StreamingHttpResponse(
        _pieces(stream, last - first + 1), content_type=shown.content_type
    )
    answer["Content-Length"] = str(last - first + 1)
    if (first, last) != (0, shown.size - 1):
        answer.status_code = 206
        answer["Content-Range"] = f"bytes {first}-{last}/{shown.size}"
    return _guarded(answer, shown)


def _guarded(answer: Answer, shown: StoredFile) -> Answer:
    """Headers that keep the content from acting, from being guessed at, and from being kept."""
    inline = purposes.get(shown.purpose).inline and shown.content_type not in PDF
    name = f"{shown.ref.hex[:12]}.{EXTENSIONS[shown.content_type]}"  # never the sender's name
    answer["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    answer["Content-Security-Policy"] = POLICY
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = "no-store"
    answer["Accept-Ranges"] = "bytes"
    return answer


def _record(shown: StoredFile, actor: Actor, at: datetime, reason: str) -> None:
    event = FileServed(subject=shown.ref, purpose=shown.purpose, owner_ref=shown.owner_ref)
    with transaction.atomic():
        record(event, actor=actor, at=at, reason=reason)


def _range(request: HttpRequest, size: int) -> tuple[int, int]:
    """First and last byte to send; first > last where the range cannot be satisfied."""
    found = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if not found or not (found["first"] or found["last"]):
        return 0, size - 1  # several ranges or another unit: the whole file, as HTTP allows
    if not found["first"]:
        wanted = int(found["last"])
        return (max(0, size - wanted), size - 1) if wanted else (size, 0)
    last = int(found["last"]) if found["last"] else size - 1
    first = int(found["first"])
    if found["last"] and last < first:
        return 0, size - 1  # an invalid header is ignored
    return (first, min(last, size - 1)) if first < size else (size, 0)


def _pieces(stream: BinaryIO, left: int) -> Iterator[bytes]:
    with stream:
        while left > 0 and (piece := stream.read(min(FRAME, left))):
            left -= len(piece)
            yield piece
