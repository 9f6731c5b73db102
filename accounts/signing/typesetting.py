"""The pack as a PDF/A-2b file. The typesetter gets all text as data and runs none of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "reference"
TEMPLATE = FOLDER / "agreements" / "pack.typ"
FONTS = FOLDER / "fonts"
FONT = FONTS / "noto-sans-sc-400.ttf"
FONT_SHA256 = "92c919143a65533e6b3c48e1bc9cbcd319dcf2ff3ec445d906e2d8225a02e6f9"


class MissingGlyphs(Exception):
    """The font lacks characters (of a rare name); a file with boxes is not made.

    Attributes:
        signs: code points, such as U+20BB7.
    """

    def __init__(self, signs: list[str]) -> None:
        super().__init__(" ".join(signs))
        self.signs = signs


def typeset(data: dict[str, Any]) -> bytes:
    """The file for `data` (form: pack.typ); about 20 ms.

    Raises:
        MissingGlyphs: where a character could not be printed.
    """
    import typst  # 34 MB, for the worker alone

    missing = sorted(
        {sign for text in _texts(data) for sign in text if ord(sign) not in _known()} - {"\n"}
    )
    if missing:
        raise MissingGlyphs([f"U+{ord(sign):04X}" for sign in missing])
    made: bytes = typst.compile(
        str(TEMPLATE),
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-2b"],
    )
    return made


@cache
def _fonts() -> Any:
    """Our font alone, read once; the typesetter would look through its own for each file."""
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )


@cache
def _known() -> frozenset[int]:
    """Code points of the font; raises ValueError where the file is not the one we shipped."""
    from fontTools.ttLib import TTFont

    if hashlib.sha256(FONT.read_bytes()).hexdigest() != FONT_SHA256:
        raise ValueError("The font is not the one that was vendored.")
    with TTFont(FONT, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
