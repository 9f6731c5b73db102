"""The pack as a PDF/A-2b file. The typesetter gets all text as data and runs none of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

FOLDER = Path(__file__).parents[1] / "reference"
TEMPLATE = FOLDER / "agreements" / "pack.typ"
FONTS = FOLDER / "fonts"
FONT = FONTS / "noto-sans-sc-400.ttf"
FONT_SHA256 = "92c919143a65533e6b3c48e1bc9cbcd319dcf2ff3ec445d906e2d8225a02e6f9"
RARE_FONTS = FOLDER / "fonts_rare"
RARE_FONT = RARE_FONTS / "noto-sans-cjk-sc-rare.otf"
RARE_SHA256 = "743547b1e4f0f817debec2878aaab211c7d92b515ae71a815dafad65900330db"


FIRST_ROW = 0xB0
"""Where the Chinese characters of GB 2312 begin; symbols come before."""


class MissingGlyphs(Exception):
    """The fonts lack characters (of a rare name); a file with boxes is not made.

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

    rare = {sign for text in _texts(data) for sign in text} - _known(FONT, FONT_SHA256) - {"\n"}
    if missing := sorted(rare - _known(RARE_FONT, RARE_SHA256) if rare else ()):
        raise MissingGlyphs([f"U+{ord(sign):04X}" for sign in missing])
    folders = (FONTS, RARE_FONTS) if rare else (FONTS,)  # 6 MB that few names need
    made: bytes = typst.compile(
        str(TEMPLATE),
        font_paths=_fonts(*folders),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-2b"],
    )
    return made


def unprintable(text: str) -> list[str]:
    """The characters of a name that no signed file can show, in order; asked before the signature.

    A web process opens the fonts only for characters outside the common set.
    """
    unusual = [sign for sign in dict.fromkeys(text) if not _is_common(sign)]
    if not unusual:
        return []
    known = _known(FONT, FONT_SHA256) | _known(RARE_FONT, RARE_SHA256)
    return [sign for sign in unusual if sign not in known]


def cannot_print(name: str | None) -> str:
    """What the customer reads whose name no signed file could show; empty for all others."""
    signs = unprintable(name or "")
    if not signs:
        return ""
    return _(
        "Our typeface lacks these characters of your name: {signs}. A file without them would not "
        "be yours, so you sign by hand, on paper, at an outlet. Your answers are kept."
    ).format(signs=" ".join(f"{sign} (U+{ord(sign):04X})" for sign in signs))


def _is_common(sign: str) -> bool:
    """Whether it is ASCII or one of the 6,763 of GB 2312: our fonts have them all (a test)."""
    try:
        code = sign.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return len(code) == 1 or code[0] >= FIRST_ROW


@cache
def _fonts(*folders: Path) -> Any:
    """Our fonts alone, read once; the typesetter would look through its own for each file."""
    import typst

    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in folders],
    )


@cache
def _known(path: Path, sha256: str) -> frozenset[str]:
    """Characters of a font; raises ValueError where the file is not the one we shipped."""
    from fontTools.ttLib import TTFont

    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise ValueError("The font is not the one that was vendored.")
    with TTFont(path, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
