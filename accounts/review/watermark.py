"""Who looked, and when, written across a picture: a copy of a screen tells where it came from."""

from __future__ import annotations

import io
from typing import BinaryIO

from PIL import Image, ImageDraw, ImageFont

from accounts.signing.typesetting import FONTS

FONT = FONTS / "noto-sans-sc-400.ttf"
ANGLE, QUALITY, STRENGTH = 24, 88, 110
LARGEST = 2400


def watermarked(picture: BinaryIO, text: str) -> bytes:
    """A JPEG of `picture` with `text` repeated across it.

    Args:
        picture: a checked copy of ours (JPEG).
        text: name of the reader and the instant; characters that the font lacks become boxes.
    """
    with Image.open(picture, formats=["JPEG"]) as opened:
        base = opened.convert("RGB")
    base.thumbnail((LARGEST, LARGEST))
    layer = _layer(base.size, text)
    base.paste(Image.new("RGB", base.size, "#555555"), mask=layer)
    out = io.BytesIO()
    base.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _layer(size: tuple[int, int], text: str) -> Image.Image:
    side = int((size[0] ** 2 + size[1] ** 2) ** 0.5) + 2
    font = ImageFont.truetype(str(FONT), max(14, side // 48))
    tile = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(tile)
    wide = int(draw.textlength(text, font=font)) + side // 12
    high = side // 7
    for row, top in enumerate(range(0, side, high)):
        for left in range(-(row % 2) * wide // 2, side, wide):
            draw.text((left, top), text, fill=STRENGTH, font=font)
    turned = tile.rotate(ANGLE)
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    return turned.crop((left, top, left + size[0], top + size[1]))
