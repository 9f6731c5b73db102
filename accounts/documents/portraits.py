"""A small picture of a stored image or recording, for a comparison of faces."""

from __future__ import annotations

import io
import tempfile
from typing import Any
from uuid import UUID

from PIL import Image

from brokerage.files import api as files

SIDE = 800
NOTHING = b""


def portrait(ref: str) -> bytes:
    """JPEG of at most SIDE pixels from an image, or from the middle of a recording.

    Runs in the worker: a recording is decrypted to a nameless temporary file for the decoder.
    Empty where there is no file or nothing can be decoded; the counterparty then refuses, and
    staff look.
    """
    found = files.open_kept(UUID(ref)) if ref else None
    if found is None:
        return NOTHING
    file, stream = found
    with stream as plain:
        if file.content_type in files.VIDEOS:
            return _of_video(plain.read())
        return _of_image(plain)


def _of_image(plain: io.BufferedReader) -> bytes:
    try:
        with Image.open(plain) as image:
            image.draft("RGB", (SIDE, SIDE))
            return _jpeg(image)
    except (OSError, Image.DecompressionBombError):
        return NOTHING


def _of_video(raw: bytes) -> bytes:
    import cv2  # heavy, and needed by the worker alone

    with tempfile.NamedTemporaryFile(suffix=".video") as out:
        out.write(raw)
        out.flush()
        video = cv2.VideoCapture(out.name)
        try:
            frames: list[Any] = []
            while len(frames) < 90:
                more, frame = video.read()
                if not more:
                    break
                frames.append(frame)
        finally:
            video.release()
    if not frames:
        return NOTHING
    middle = cv2.cvtColor(frames[len(frames) // 2], cv2.COLOR_BGR2RGB)
    return _jpeg(Image.fromarray(middle))


def _jpeg(image: Image.Image) -> bytes:
    small = image.convert("RGB")
    small.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return out.getvalue()
