"""What changed between two versions of a text, so that a second person sees it at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?\n]+|[^。！？!?\n]+")
WORD = re.compile(r"[A-Za-z0-9.,%]+|\s+|.", re.DOTALL)
SHORT = 600
"""Longer replaced passages are shown as a whole: comparing their words would be slow."""


@dataclass(frozen=True)
class Piece:
    """A passage and whether it stayed (`same`), went (`gone`) or came (`new`)."""

    kind: str
    text: str


def differences(old: str, new: str) -> list[Piece]:
    """The passages of both texts in their order; joining all but `new` ones gives `old`."""
    return list(_joined(_compare(SENTENCE.findall(old), SENTENCE.findall(new), deeper=True)))


def _compare(old: list[str], new: list[str], *, deeper: bool) -> Iterator[Piece]:
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, came = "".join(old[a:b]), "".join(new[c:d])
        if kind == "equal":
            yield Piece("same", gone)
        elif deeper and gone and came and len(gone) + len(came) <= SHORT:
            yield from _compare(WORD.findall(gone), WORD.findall(came), deeper=False)
        else:
            yield Piece("gone", gone)
            yield Piece("new", came)


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind as one; empty ones left out."""
    last: Piece | None = None
    for piece in pieces:
        if not piece.text:
            continue
        if last and last.kind == piece.kind:
            last = Piece(last.kind, last.text + piece.text)
            continue
        if last:
            yield last
        last = piece
    if last:
        yield last
