"""What was typed beside what was read. Pure.

The desk sees only what differs: characters on which both agree are dots. Whoever needs the whole
value looks at the photo, which carries their name, or reveals it with a purpose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from accounts.documents.merging import READ_AS
from accounts.review.states import Standing

DOT = "·"


@dataclass(frozen=True)
class Compared:
    """One field of the identity document.

    Attributes:
        field: its name in the section.
        standing: how typed and read stand to each other.
        typed: what was typed, with dots where both agree; empty where nothing differs.
        read: what was read, likewise.
        source: who entered it; a `customers.Source`, or empty.
    """

    field: str
    standing: Standing
    typed: str = ""
    read: str = ""
    source: str = ""

    @property
    def needs_eyes(self) -> bool:
        """Whether somebody has to look at it."""
        return self.standing in (Standing.DIFFERS, Standing.DOUBTFUL)


def compare(
    answers: Mapping[str, object],
    read: Mapping[str, Mapping[str, object]],
    sources: Mapping[str, str],
) -> list[Compared]:
    """Each field of the document, what differs first.

    Args:
        answers: of the identity section.
        read: of all readings that count: field → value, doubt.
        sources: field of the section → who entered it.
    """
    lines = [
        _line(field, str(answers.get(field) or ""), read.get(name, {}), sources.get(field, ""))
        for field, name in READ_AS.items()
    ]
    return sorted(lines, key=lambda line: not line.needs_eyes)


def only_the_difference(one: str, other: str) -> tuple[str, str]:
    """Both texts with dots for the characters on which they agree."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    left, right = [], []
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        same = tag == "equal"
        left.append(DOT * (a2 - a1) if same else one[a1:a2])
        right.append(DOT * (b2 - b1) if same else other[b1:b2])
    return "".join(left), "".join(right)


def _line(field: str, typed: str, found: Mapping[str, object], source: str) -> Compared:
    value = str(found.get("value") or "")
    if not value or not typed:
        return Compared(field, Standing.ALONE, source=source)
    one, other = _plain(typed), _plain(value)
    if one != other:
        return Compared(field, Standing.DIFFERS, *only_the_difference(one, other), source)
    standing = Standing.DOUBTFUL if found.get("doubt") else Standing.SAME
    return Compared(field, standing, source=source)


def _plain(text: str) -> str:
    return "".join(text.split()).upper()
