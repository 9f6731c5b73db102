"""How a name is compared: whoever types it otherwise means the same person. Pure functions."""

from __future__ import annotations

import unicodedata

BETWEEN = frozenset("·•‧・∙⋅.-'’")
"""Marks between the parts of a name, which every keyboard writes differently (阿依古丽·买买提)."""


def search_form(name: str) -> str:
    """The name without width, case, blanks and marks between its parts; empty where none is left.

    张 三, 张三 and full-width letters are the same; two characters that look alike are not.
    """
    apart = unicodedata.normalize("NFKD", name).casefold()
    # taken apart once more: folding makes letters with accents of some
    letters = unicodedata.normalize("NFKD", apart)
    kept = (letter for letter in letters if not (letter.isspace() or letter in BETWEEN))
    return unicodedata.normalize("NFC", "".join(kept))
