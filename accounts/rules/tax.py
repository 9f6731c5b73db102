"""Tax self-certification: what contradicts an answer and has to be explained. Pure.

Sources: domain handbook 4 (CRS form: choices, jurisdictions, TIN or reason; contradictions).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

CHINA_ONLY, ABROAD, BOTH = "china", "abroad", "both"
HOME = "CN"


class Contradiction(StrEnum):
    """What does not fit together; each asks for an explanation."""

    FOREIGN_PHONE = "foreign_phone"
    FOREIGN_ADDRESS = "foreign_address"
    HOME_AMONG_ABROAD = "home_among_abroad"
    FOREIGN_PAPER = "foreign_paper"
    HOME_PAPER = "home_paper"


def contradictions(
    answers: Mapping[str, Any],
    *,
    phone: str,
    address: str,
    foreigner: bool = False,
    native: bool = False,
) -> list[Contradiction]:
    """What the answers contradict.

    Args:
        answers: of the tax section.
        phone: of the log-in, E.164.
        address: from the identity section.
        foreigner: whether the paper is that of a foreign national.
        native: whether it is the resident identity card of the mainland.
    """
    found = []
    residence = answers.get("residence")
    if residence == CHINA_ONLY and phone and not phone.startswith("+86"):
        found.append(Contradiction.FOREIGN_PHONE)
    if residence == CHINA_ONLY and address and not any(_is_han(letter) for letter in address):
        found.append(Contradiction.FOREIGN_ADDRESS)
    if residence == ABROAD and HOME in countries(answers):
        found.append(Contradiction.HOME_AMONG_ABROAD)
    if residence == CHINA_ONLY and foreigner:
        found.append(Contradiction.FOREIGN_PAPER)
    if residence == ABROAD and native:
        found.append(Contradiction.HOME_PAPER)
    return found


def countries(answers: Mapping[str, Any]) -> list[str]:
    """The jurisdictions that were named, in order."""
    names = sorted(name for name in answers if name.startswith("country_"))
    return [answers[name] for name in names if answers[name]]


def _is_han(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff" or "\U00020000" <= letter <= "\U0003ffff"
