"""Tax self-certification: what contradicts an answer and has to be explained. Pure.

Sources: domain handbook 4 (CRS form: choices, jurisdictions, TIN or reason; contradictions such as
a foreign phone, address or passport; FATCA question). Which signs of a US person are held against
the answer is the dated rule `accounts.us_person`; from memory, the usual list of the FATCA
agreements: birthplace, address, telephone, citizenship and permanent residence (green card).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

CHINA_ONLY, ABROAD, BOTH = "china", "abroad", "both"
HOME, USA = "CN", "US"
YES, NO = "yes", "no"
IN_THE_USA = re.compile(r"美国|\bU\.?\s?S\.?(A\.?)?(?![A-Za-z])|\bunited states\b", re.IGNORECASE)


class Contradiction(StrEnum):
    """What does not fit together; each asks for an explanation."""

    FOREIGN_PHONE = "foreign_phone"
    FOREIGN_ADDRESS = "foreign_address"
    HOME_AMONG_ABROAD = "home_among_abroad"
    FOREIGN_PAPER = "foreign_paper"
    HOME_PAPER = "home_paper"
    US_UNNAMED = "us_unnamed"
    US_NAMED = "us_named"
    US_PAPER = "us_paper"
    US_BIRTH = "us_birth"
    US_ADDRESS = "us_address"
    US_PHONE = "us_phone"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What else a customer told that a declaration has to fit.

    Attributes:
        phone: of the log-in, E.164.
        address: from the identity section.
        foreigner: whether the paper is that of a foreign national.
        native: whether it is the resident identity card of the mainland.
        nationality: code of the country on a foreign paper; empty on others.
    """

    phone: str
    address: str
    foreigner: bool = False
    native: bool = False
    nationality: str = ""


def contradictions(
    answers: Mapping[str, Any], told: Told, signs: Collection[str] = ()
) -> list[Contradiction]:
    """What the answers contradict, in the order of `Contradiction`.

    Args:
        answers: of the tax section.
        told: in other steps.
        signs: of a US person that the rule holds against the answer: birth, address, phone,
            paper, tax.
    """
    found = {*_residence(answers, told)}
    found |= {each for each in _us_person(answers, told) if SIGN_OF[each] in signs}
    return [each for each in Contradiction if each in found]


SIGN_OF = {
    Contradiction.US_UNNAMED: "tax",
    Contradiction.US_NAMED: "tax",
    Contradiction.US_PAPER: "paper",
    Contradiction.US_BIRTH: "birth",
    Contradiction.US_ADDRESS: "address",
    Contradiction.US_PHONE: "phone",
}
SIGNS = frozenset(SIGN_OF.values())


def countries(answers: Mapping[str, Any]) -> list[str]:
    """The jurisdictions that were named, in order."""
    names = sorted(name for name in answers if name.startswith("country_"))
    return [answers[name] for name in names if answers[name]]


def is_abroad(answers: Mapping[str, Any]) -> bool:
    """Whether somebody declares to pay tax in another country: as a resident or a US person."""
    return answers.get("residence", CHINA_ONLY) != CHINA_ONLY or answers.get("us_person") == YES


def _residence(answers: Mapping[str, Any], told: Told) -> set[Contradiction]:
    """Against where somebody says to pay tax."""
    residence, address = answers.get("residence"), told.address
    here, elsewhere = residence == CHINA_ONLY, residence == ABROAD
    han = any(_is_han(letter) for letter in address)
    cases = {
        Contradiction.FOREIGN_PHONE: here and told.phone and not told.phone.startswith("+86"),
        Contradiction.FOREIGN_ADDRESS: here and address and not han,
        Contradiction.HOME_AMONG_ABROAD: elsewhere and HOME in countries(answers),
        Contradiction.FOREIGN_PAPER: here and told.foreigner,
        Contradiction.HOME_PAPER: elsewhere and told.native,
    }
    return {each for each, holds in cases.items() if holds}


def _us_person(answers: Mapping[str, Any], told: Told) -> set[Contradiction]:
    """Against whether somebody says to be a US citizen or to hold a green card."""
    said, named = answers.get("us_person"), USA in countries(answers)
    denies = said == NO
    addresses = (told.address, str(answers.get("address_latin") or ""))
    cases = {
        Contradiction.US_UNNAMED: said == YES and not named,
        Contradiction.US_NAMED: denies and named,
        Contradiction.US_PAPER: denies and told.nationality == USA,
        Contradiction.US_BIRTH: denies and _in_the_usa(str(answers.get("birth_place") or "")),
        Contradiction.US_ADDRESS: denies and any(map(_in_the_usa, addresses)),
        Contradiction.US_PHONE: denies and told.phone.startswith("+1"),
    }
    return {each for each, holds in cases.items() if holds}


def _in_the_usa(place: str) -> bool:
    return IN_THE_USA.search(place) is not None


def _is_han(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff" or "\U00020000" <= letter <= "\U0003ffff"
