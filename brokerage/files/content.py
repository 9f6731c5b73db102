"""What a file really is, by its bytes. Names and declared types are never looked at."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import BinaryIO

from brokerage.files.refusals import ContentRefused

HEAD_BYTES = 64  # enough for `detect`
CHUNK = 256 * 1024
MP4_BRANDS = frozenset(
    b"isom iso2 iso3 iso4 iso5 iso6 iso8 iso9 mp41 mp42 avc1 M4V  MSNV dash".replace(
        b"  ", b"\0"
    ).split()
)
MP4_BOXES = frozenset(
    b"ftyp moov mdat free skip wide moof mfra uuid sidx ssix styp meta pdin emsg prft udta".split()
)
EBML, SEGMENT, DOCTYPE_WEBM = b"\x1a\x45\xdf\xa3", 0x18538067, b"\x42\x82\x84webm"
PDF_TAIL = 1024
# What makes a PDF act by itself. Compressed objects can hide these, so a PDF is offered as a
# download only and never shown in our pages.
PDF_ACTIVE = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE)\b"
)
PDF_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")


def detect(head: bytes) -> str | None:
    """The content type by the first HEAD_BYTES bytes; None for what we do not take."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and head[8:12].rstrip(b" ") in MP4_BRANDS:
        return "video/mp4"
    if head.startswith(EBML) and DOCTYPE_WEBM in head:
        return "video/webm"
    if re.match(rb"%PDF-[12]\.\d", head):
        return "application/pdf"
    return None


def inspect(content_type: str, stream: BinaryIO, size: int) -> None:
    """Check the structure of a video or document from its first to its last byte.

    Raises:
        ContentRefused: when it is something else as well, is cut, or contains programs.
    """
    _INSPECTORS[content_type](stream, size)


def _inspect_mp4(stream: BinaryIO, size: int) -> None:
    """Boxes that follow each other exactly to the end, beginning with ftyp, one of them moov."""
    position, seen = 0, list[bytes]()
    while position < size:
        stream.seek(position)
        header = stream.read(16)
        length, kind = int.from_bytes(header[:4], "big"), header[4:8]
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        elif length == 0:  # to the end of the file
            length = size - position
        if length < 8 or kind not in MP4_BOXES or position + length > size:
            raise ContentRefused("unreadable")
        seen.append(kind)
        position += length
    if seen[:1] != [b"ftyp"] or b"moov" not in seen:
        raise ContentRefused("unreadable")


def _inspect_webm(stream: BinaryIO, size: int) -> None:
    """An EBML header and one segment, which ends with the file or leaves its length open."""
    stream.seek(0)
    head = io.BytesIO(stream.read(4096))
    head.seek(4)
    header_length, _open = _ebml_size(head)
    head.seek(header_length, io.SEEK_CUR)
    if int.from_bytes(head.read(4), "big") != SEGMENT:
        raise ContentRefused("unreadable")
    length, is_open = _ebml_size(head)
    if not is_open and head.tell() + length != size:
        raise ContentRefused("unreadable")


def _ebml_size(source: BinaryIO) -> tuple[int, bool]:
    """A length as EBML writes it, and whether it is left open (all ones)."""
    first = source.read(1)
    if not first or not first[0]:
        raise ContentRefused("unreadable")
    width = 9 - first[0].bit_length()
    value = int.from_bytes(bytes([first[0] & (0xFF >> width)]) + source.read(width - 1), "big")
    return value, value == (1 << 7 * width) - 1


def _inspect_pdf(stream: BinaryIO, size: int) -> None:
    """Ends as a PDF and names no active content."""
    stream.seek(max(0, size - PDF_TAIL))
    if b"%%EOF" not in stream.read(PDF_TAIL):
        raise ContentRefused("unreadable")
    stream.seek(0)
    kept = b""
    while chunk := stream.read(CHUNK):
        text = PDF_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), kept + chunk)
        if PDF_ACTIVE.search(text):
            raise ContentRefused("active_content")
        kept = (kept + chunk)[-64:]  # a name may lie across two chunks


_INSPECTORS: dict[str, Callable[[BinaryIO, int], None]] = {
    "video/mp4": _inspect_mp4,
    "video/webm": _inspect_webm,
    "application/pdf": _inspect_pdf,
}
