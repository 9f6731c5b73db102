"""The yearly sample of ordinary buyers: who is drawn, so that anybody can draw it again.

Nobody chooses and nothing is chance: each buyer has a place, by the SHA-256 over the year and
their ref, and the first places are called.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

Ref = TypeVar("Ref", bound=Hashable)


@dataclass(frozen=True, kw_only=True)
class SampleRules:
    """Figures of the sample; `reference/rules/follow_up.yaml`.

    Attributes:
        percent: so many of a hundred buyers at least.
        month, day: from this day of a year the sample of the year before is drawn.
        due: so long after the draw each call should be made.
        tries: after so many without an answer compliance takes over.
        text: version of the questions.
    """

    version: str
    percent: int
    month: int
    day: int
    due: timedelta
    tries: int
    text: str

    def is_drawn_on(self, day: date) -> bool:
        """Whether the sample of the year before `day` is drawn by then."""
        return day >= date(day.year, self.month, self.day)


def build_sample_rules(content: Mapping[str, Any], version: str) -> SampleRules:
    """The rules that the value of `suitability.yearly_sample` describes.

    Raises:
        KeyError, TypeError, ValueError: when it is incomplete or a figure cannot be.
    """
    month, day = (int(part) for part in str(content["draw_from"]).split("-"))
    date(2001, month, day)  # a day of every year
    found = SampleRules(
        version=version,
        percent=int(content["percent"]),
        month=month,
        day=day,
        due=timedelta(days=int(content["due_days"])),
        tries=int(content["tries"]),
        text=str(content["text"]),
    )
    if not 1 <= found.percent <= 100:
        raise ValueError("A share lies between 1 and 100 of a hundred.")
    if found.due <= timedelta(0) or found.tries < 1 or "@" not in found.text:
        raise ValueError("A time, a number of tries or the version of the questions cannot be.")
    return found


def in_order(buyers: Iterable[Ref], year: int) -> list[Ref]:
    """Every buyer, by ref, once; in the order of the draw of `year`."""
    return sorted(set(buyers), key=lambda ref: _mark(ref, year))


def number_drawn(buyers: int, percent: int) -> int:
    """How many of them are called: the share rounded up, so that it is never less."""
    return -(-buyers * percent // 100)


def _mark(buyer: Hashable, year: int) -> bytes:
    return hashlib.sha256(f"{year}:{buyer}".encode()).digest()
