"""What the bench of journeys makes up: people, cards, photographs and a recording."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

CLIP = Path(__file__).parents[1] / "brokerage" / "demo" / "data" / "chapter.webm"
SEGMENT = b"\x18\x53\x80\x67"
CHAPTER_BYTES = 400_000  # eight seconds at the bit rate of portal/recorder.js


def person_of(number: int) -> dict[str, str]:
    """What the person types: everybody else has another number."""
    from accounts.documents.specimens import NAMES, number_for

    born = date(1987, 1, 1) + timedelta(days=number % 2_500)
    return {
        "name": NAMES[number % len(NAMES)],
        "id_number": number_for(born, f"{100 + number // 2_500 % 800:03d}"),
        "address": f"浙江省杭州市西湖区样本路 {number} 号",
        "id_issuer": "杭州市公安局西湖分局",
    }


def card_of(number: int) -> str:
    """A card number with its check digit, whose end is no scenario of the sandbox."""
    digits = f"622202{number:011d}1"
    doubled = [int(each) * (2 - place % 2) for place, each in enumerate(reversed(digits))]
    return digits + str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)


def photos() -> dict[str, bytes]:
    """Both sides of a drawn card, as large as a browser sends them, and a chapter of the video."""
    from accounts.documents import specimens

    def jpeg(draw: Callable[[Any], Any]) -> bytes:
        out = io.BytesIO()
        card = specimens.photographed(draw(specimens.Specimen()), scale=1.23)
        card.save(out, "JPEG", quality=88)
        return out.getvalue()

    return {
        "front": jpeg(specimens.portrait_side),
        "back": jpeg(specimens.emblem_side),
        "clip": longer(CLIP.read_bytes()),
    }


def longer(clip: bytes) -> bytes:
    """The clip of the demonstration, as large as a chapter: its segment ends with empty space."""
    at = clip.index(SEGMENT) + len(SEGMENT)
    width = 9 - clip[at].bit_length()
    left_open = bytes([(1 << (9 - width)) - 1]) + b"\xff" * (width - 1)
    empty = CHAPTER_BYTES - len(clip) - 9
    void = b"\xec\x01" + empty.to_bytes(7) + b"\x00" * empty
    return clip[:at] + left_open + clip[at + width :] + void
