"""Screening: which passages of a text hit which rule. Marks, not verdicts: a person decides.

A phrase is written as people read it. `*` stands for up to GAP characters, `#` for a number.
Between Chinese characters small marks are skipped, so that 稳.赚.不.赔 hides nothing; so are
spaces and a colon before a number, as in 目标价 88 元.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

GAP = 12
HIDING = r"[\s.·•*_\-|~]{0,2}"
BEFORE_NUMBER = r"[ \t\u3000:：约]{0,3}"
NUMBER = r"[0-9０-９][0-9０-９,，]*(?:[.．][0-9０-９]+)?\s?[%％]?"
SHORTEST = 2
LONGEST = 60


class BadPhrase(ValueError):
    """A phrase would mark nothing, or everything."""


@dataclass(frozen=True, kw_only=True)
class Screen:
    """One rule.

    Attributes:
        code: what it looks for, such as `return_promise`.
        version: of the dated rule.
        risk: 1 (a matter of style) to 5 (harm within hours).
        phrases: what it finds.
        not_after: words before a passage, such as 不承诺, with which it says the contrary.
    """

    code: str
    version: str
    risk: int
    phrases: tuple[str, ...]
    not_after: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A passage `text[start:end]` that a rule marks."""

    code: str
    version: str
    risk: int
    start: int
    end: int


def screen(text: str, screens: Iterable[Screen]) -> tuple[Hit, ...]:
    """Every marked passage in the order of the text; those of one rule never overlap."""
    found = [hit for each in screens for hit in _of(text, each)]
    return tuple(sorted(found, key=lambda hit: (hit.start, hit.end, hit.code)))


def worst(hits: Iterable[Hit]) -> int:
    """The highest risk among `hits`; 0 for none."""
    return max((hit.risk for hit in hits), default=0)


def _of(text: str, rule: Screen) -> list[Hit]:
    spans = sorted(
        found.span()
        for phrase in rule.phrases
        for found in pattern(phrase).finditer(text)
        if not _is_denied(text, found.start(), rule.not_after)
    )
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return [
        Hit(code=rule.code, version=rule.version, risk=rule.risk, start=start, end=end)
        for start, end in joined
    ]


def _is_denied(text: str, start: int, words: tuple[str, ...]) -> bool:
    before = text[max(0, start - LONGEST) : start].rstrip().lower()
    return before.endswith(words) if words else False


@lru_cache(maxsize=2000)
def pattern(phrase: str) -> re.Pattern[str]:
    """What a phrase finds. Every part has a greatest length, so that no text makes it slow.

    Raises:
        BadPhrase: when it has less than SHORTEST letters, or more than LONGEST characters.
    """
    if sum(each.isalnum() for each in phrase) < SHORTEST or len(phrase) > LONGEST:
        raise BadPhrase(f"A phrase has {SHORTEST} letters and at most {LONGEST} characters.")
    parts: list[str] = []
    for n, each in enumerate(phrase):
        if each == "*":
            parts.append(rf"[^\n]{{0,{GAP}}}?")
        elif each == "#":
            parts.append(BEFORE_NUMBER + NUMBER if n and _is_han(phrase[n - 1]) else NUMBER)
        elif each == " ":
            parts.append(r"\s{1,3}")
        else:
            parts.append(re.escape(each))
            if _is_han(each) and n + 1 < len(phrase) and _is_han(phrase[n + 1]):
                parts.append(HIDING)
    before = r"(?<![A-Za-z])" if phrase[0].isascii() and phrase[0].isalpha() else ""
    after = r"(?![A-Za-z])" if phrase[-1].isascii() and phrase[-1].isalpha() else ""
    return re.compile(before + "".join(parts) + after, re.IGNORECASE)


def _is_han(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff"
