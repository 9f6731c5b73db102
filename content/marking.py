"""A text cut into marked and plain passages, as the desk reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from content.models import Mark


@dataclass(frozen=True)
class Passage:
    """Some text, and the names of the rules that mark it (none for a plain one)."""

    text: str
    names: tuple[str, ...] = ()
    risk: int = 0


def passages(text: str, marks: Sequence[Mark], names: Mapping[str, str]) -> list[Passage]:
    """The whole text in order; where marks overlap, each piece names all of its rules."""
    edges = sorted({0, len(text), *(m.start for m in marks), *(m.end for m in marks)})
    found = []
    for start, end in pairwise(edges):
        over = [mark for mark in marks if mark.start <= start and end <= mark.end]
        said = tuple(dict.fromkeys(names.get(mark.code, mark.code) for mark in over))
        found.append(Passage(text[start:end], said, max((m.risk for m in over), default=0)))
    return [each for each in found if each.text]
