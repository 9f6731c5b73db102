"""Clean copies of images: decoded within limits, turned upright, encoded anew without metadata."""

from __future__ import annotations

import io
from typing import BinaryIO

from PIL import Image, ImageOps

from brokerage.files.frames import FileDamaged
from brokerage.files.refusals import ContentRefused

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
QUALITY = 88
LONGEST_SIDE = 20_000


def clean_copy(
    stream: BinaryIO, content_type: str, *, max_pixels: int, max_side: int
) -> io.BytesIO:
    """A JPEG of what the image shows, and of nothing else that its file carries.

    The size is looked at before anything is decoded; only the decoder of the type found in the
    content runs.

    Args:
        stream: the image, seekable.
        content_type: one of FORMATS.
        max_pixels: width times height that will be decoded.
        max_side: longer side of the copy, pixels; a larger image is scaled down.

    Raises:
        ContentRefused: `too_many_pixels` or `unreadable`.
        FileDamaged: when the stored bytes were changed.
    """
    try:
        with Image.open(stream, formats=[FORMATS[content_type]]) as image:
            width, height = image.size
            if width * height > max_pixels or max(width, height) > LONGEST_SIDE:
                raise ContentRefused("too_many_pixels")
            image.load()
            return _encode(image, max_side)
    except (ContentRefused, FileDamaged, MemoryError):
        raise
    except Image.DecompressionBombError:  # the library's own, higher limit
        raise ContentRefused("too_many_pixels") from None
    except Exception:  # decoders raise whatever a hostile file makes them raise
        raise ContentRefused("unreadable") from None


def _encode(image: Image.Image, max_side: int) -> io.BytesIO:
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    upright.thumbnail((max_side, max_side))
    # a new image has none of the old one's metadata (EXIF, GPS, comments, colour profile)
    clean = Image.new("RGB", upright.size, "white")
    clean.paste(upright, mask=upright.getchannel("A"))
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=QUALITY, optimize=True)
    out.seek(0)
    return out
