"""What a customer should look at again: read otherwise than typed, or not surely. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from accounts.documents.merging import READ_AS, is_same
from accounts.documents.parsing import LONG_TERM, Doubt

SURE = 800  # thousandths; below it the reader itself doubts


class Why(StrEnum):
    """What is the matter with a field."""

    DIFFERS = "differs"
    CHECK_DIGIT = "check_digit"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Remark:
    """One field of the identity section, and what was read for it."""

    field: str
    why: Why
    read: str


def remarks(
    found: Mapping[str, Mapping[str, Any]], answers: Mapping[str, Any]
) -> Iterator[Remark]:
    """The fields to look at.

    Args:
        found: fields of a reading: value, sure, doubt.
        answers: of the identity section, as they stand now.
    """
    for field, known in READ_AS.items():
        seen = found.get(known)
        if not seen or not seen["value"]:
            continue
        value, kept = str(seen["value"]), _kept(field, answers)
        if seen.get("doubt") == Doubt.CHECK_DIGIT:
            if not kept:  # a number that was typed has been checked by its own digit
                yield Remark(field, Why.CHECK_DIGIT, value)
        elif kept and not is_same(kept, value):
            yield Remark(field, Why.DIFFERS, value)
        elif seen.get("doubt") == Doubt.UNSURE or int(seen.get("sure", 0)) < SURE:
            yield Remark(field, Why.UNSURE, value)


def _kept(field: str, answers: Mapping[str, Any]) -> str:
    if field == "id_valid_to" and answers.get("id_long_term"):
        return LONG_TERM
    return str(answers.get(field) or "")
