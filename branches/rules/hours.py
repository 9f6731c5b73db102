"""Reads opening hours as people write them: 9:00-11:30, 13:00-17:00."""

from __future__ import annotations

import re
import unicodedata
from datetime import time
from enum import StrEnum
from itertools import pairwise

CLOSED = frozenset({"", "-", "休", "休息", "不营业", "关", "closed"})
PIECE = re.compile(r"^(\d{1,2})[:.]?(\d{2})?-(\d{1,2})[:.]?(\d{2})?$")
DASHES = str.maketrans({"–": "-", "—": "-", "~": "-", "至": "-", "到": "-", "点": ":"})


class Wrong(StrEnum):
    """What is wrong with a text of hours."""

    UNREADABLE = "unreadable"
    OVER_MIDNIGHT = "over_midnight"
    OVERLAP = "overlap"


class BadHours(ValueError):
    """The text is no list of hours.

    Attributes:
        wrong: what is wrong with it.
    """

    def __init__(self, wrong: Wrong) -> None:
        super().__init__(wrong)
        self.wrong = wrong


def parse_hours(text: str) -> list[tuple[time, time]]:
    """Intervals (opens, closes) of one day in their order; empty for a closed day.

    Raises:
        BadHours: when a piece is no interval, runs over midnight, or two overlap.
    """
    plain = unicodedata.normalize("NFKC", text).translate(DASHES).strip().lower()
    if plain in CLOSED:
        return []
    found = []
    for piece in re.split(r"[,;、/ ]+", re.sub(r"\s*-\s*", "-", plain)):
        if piece:
            found.append(_interval(piece))
    found.sort()
    for (_opens, closes), (opens, _closes) in pairwise(found):
        if opens < closes:
            raise BadHours(Wrong.OVERLAP)
    return found


def _interval(piece: str) -> tuple[time, time]:
    match = PIECE.match(piece)
    if not match:
        raise BadHours(Wrong.UNREADABLE)
    hour, minute, until, to_minute = (int(part or 0) for part in match.groups())
    try:
        opens, closes = time(hour, minute), time(until, to_minute)
    except ValueError:
        raise BadHours(Wrong.UNREADABLE) from None
    if closes <= opens:
        raise BadHours(Wrong.OVER_MIDNIGHT)
    return opens, closes
