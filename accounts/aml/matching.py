"""When a customer and an entry of a list are a match that a person has to decide on. Pure.

Names are compared by what they sound like as well: lists are often transliterations. A sound alone
is no match, or every common name would be one; it needs the birth date beside it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from accounts.aml.states import MatchedOn


@dataclass(frozen=True)
class Marks:
    """What is compared; empty texts are unknown.

    Attributes:
        document: keyed hash of kind and number of the document.
        name: the name without blanks and marks, in lower case.
        sound: its reading in Latin letters.
        born: ISO date.
    """

    document: str
    name: str
    sound: str
    born: str


def plain_name(name: str) -> str:
    """A name without blanks, dots and case: 阿依古丽·买买提 and 阿依古丽买买提 are one."""
    wide = unicodedata.normalize("NFKC", name)
    return "".join(letter for letter in wide if letter.isalnum()).casefold()


def sound_of(name: str) -> str:
    """How a name sounds, as Latin letters without tones: 江映雪 and JIANG YINGXUE are one."""
    from pypinyin import Style, lazy_pinyin  # its dictionaries cost every start most of a second

    return plain_name("".join(lazy_pinyin(name, style=Style.NORMAL, errors="default")))


def matched_on(customer: Marks, entry: Marks) -> frozenset[MatchedOn]:
    """What agrees; empty where it is no match.

    A document agrees, or a name does and no birth date contradicts it, or a sound does and the
    birth date agrees.
    """
    found = set()
    if customer.document and customer.document == entry.document:
        found.add(MatchedOn.DOCUMENT)
    if customer.name and customer.name == entry.name:
        found.add(MatchedOn.NAME)
    if customer.sound and customer.sound == entry.sound:
        found.add(MatchedOn.SOUND)
    both_born = bool(customer.born and entry.born)
    if both_born and customer.born == entry.born:
        found.add(MatchedOn.BIRTH)
    contradicts = both_born and MatchedOn.BIRTH not in found
    is_match = (
        MatchedOn.DOCUMENT in found
        or (MatchedOn.NAME in found and not contradicts)
        or {MatchedOn.SOUND, MatchedOn.BIRTH} <= found
    )
    return frozenset(found) if is_match else frozenset()
