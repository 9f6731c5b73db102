"""Files of every kind, honest and hostile, made in memory; and purposes to store them for."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.test import TestCase
from PIL import Image

from brokerage.files.models import StoredFile
from brokerage.files.purposes import IMAGES, MEGABYTE, PDF, VIDEOS, Limit, Purpose
from brokerage.files.use_cases.check_file import check
from brokerage.files.use_cases.store_file import Upload, store
from brokerage.journal.actors import Actor
from tests.conftest import MONDAY

OWNER = UUID("11111111-1111-4111-8111-111111111111")
STRANGER = UUID("22222222-2222-4222-8222-222222222222")
SENDER = Actor.system("tests.sender")
SCRIPT = b"<script>alert(1)</script>"


def purpose(**changes: Any) -> Purpose:
    """A purpose that takes everything, of small size."""
    values: dict[str, Any] = {
        "key": "tests.photo",
        "label": "Photo",
        "owner_type": "tests.owner",
        "owners": lambda user: [OWNER],
        "types": IMAGES | VIDEOS | PDF,
        "max_bytes": 100 * MEGABYTE,
        "retention_key": "tests",
        "keep_original": True,
        "max_pixels": 1_000_000,
        "max_side": 400,
        "per_owner": Limit(200 * MEGABYTE, 20),
    }
    return Purpose(**{**values, **changes})


def stored(
    content: bytes, *, owner: UUID = OWNER, purpose: str = "tests.photo", announced: bool = False
) -> StoredFile:
    """A file as `store` leaves it; `announced` where its sender says how large it is."""
    upload = upload_of(content, announced=announced)
    return store(upload=upload, purpose=purpose, owner_ref=owner, actor=SENDER, at=MONDAY)


def upload_of(content: bytes, *, announced: bool) -> Upload:
    """A file on its way here."""
    return ContentFile(content) if announced else io.BytesIO(content)


def checked(content: bytes, *, owner: UUID = OWNER, purpose: str = "tests.photo") -> StoredFile:
    """A file after its check, whatever came of it."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        file = check(ref=stored(content, owner=owner, purpose=purpose).ref, at=MONDAY)
    assert file is not None
    return file


def jpeg(size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    return _image("JPEG", size, **options)


def png(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> bytes:
    return _image("PNG", size, mode=mode)


def webp(size: tuple[int, int] = (60, 40)) -> bytes:
    return _image("WEBP", size)


def _image(form: str, size: tuple[int, int], *, mode: str = "RGB", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "red").save(out, form, **options)
    return out.getvalue()


def photo_with_gps() -> bytes:
    """A JPEG, turned by its EXIF orientation, with GPS, a comment and a colour profile."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right
    exif[0x010F] = "Secret Camera Maker"
    exif.get_ifd(0x8825)[2] = (30.0, 15.0, 12.5)
    return jpeg((60, 40), exif=exif, comment=SCRIPT, icc_profile=b"profile" * 20)


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that unpacks to width times height pixels."""
    rows = zlib.compress(bytes(1_000_000), 9)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", rows)
        + _chunk(b"IEND", b"")
    )


def png_with_text_bomb() -> bytes:
    """A small PNG whose compressed text chunk unpacks to 200 MB."""
    text = b"Comment\0\0" + zlib.compress(bytes(200_000_000), 9)
    whole = png()
    return whole[:33] + _chunk(b"zTXt", text) + whole[33:]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def box(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def mp4(media: bytes = bytes(1000)) -> bytes:
    brand = b"isom" + bytes(4) + b"isommp41"
    return box(b"ftyp", brand) + box(b"moov", bytes(200)) + box(b"mdat", media)


def webm(media: bytes = bytes(1000), *, open_end: bool = True) -> bytes:
    header = b"\x42\x86\x81\x01\x42\x82\x84webm"
    length = (
        b"\x01\xff\xff\xff\xff\xff\xff\xff"
        if open_end
        else (0x0100000000000000 | len(media)).to_bytes(8, "big")
    )
    return (
        b"\x1a\x45\xdf\xa3"
        + bytes([0x80 | len(header)])
        + header
        + b"\x18\x53\x80\x67"
        + length
        + media
    )


def pdf(extra: bytes = b"") -> bytes:
    return (
        b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + extra + b"\ntrailer\n<<>>\n%%EOF\n"
    )
