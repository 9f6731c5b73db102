"""How what was read joins what was typed. Pure: a typed value is never overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from accounts.documents.parsing import LONG_TERM, Doubt

LONGEST = 200


READ_AS: dict[str, str] = {
    "name": "name",
    "id_number": "number",
    "address": "address",
    "id_issuer": "issuer",
    "id_valid_from": "valid_from",
    "id_valid_to": "valid_to",
}
"""Field of the identity section → its name in a reading."""


class Origin(StrEnum):
    """Where the value of a field comes from."""

    READ = "read"
    TYPED = "typed"
    STAFF = "staff"
    PARTNER = "partner"


@dataclass(frozen=True)
class Merged:
    """The outcome.

    Attributes:
        values: of all fields.
        origins: of all fields.
        filled: fields that got what was read.
        conflicts: fields whose typed value differs from what was read: shown side by side.
    """

    values: dict[str, str]
    origins: dict[str, str]
    filled: tuple[str, ...]
    conflicts: tuple[str, ...]


def merge(
    values: Mapping[str, str], origins: Mapping[str, str], read: Mapping[str, str]
) -> Merged:
    """Put what was read into fields that are empty or were read before.

    Args:
        values: as they stand; empty texts count as empty, whoever emptied them.
        origins: an Origin for each filled field; a filled field without one counts as typed.
        read: what was read.
    """
    new_values, new_origins = dict(values), dict(origins)
    filled, conflicts = [], []
    for name, value in read.items():
        if not value:
            continue
        old = values.get(name, "")
        if old and origins.get(name, Origin.TYPED) != Origin.READ:
            if _plain(old) != _plain(value):
                conflicts.append(name)
            continue
        if old != value or name not in origins:
            new_values[name], new_origins[name] = value, Origin.READ.value
            filled.append(name)
    return Merged(new_values, new_origins, tuple(filled), tuple(conflicts))


def as_answers(found: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """What was read, as the fields of the identity section; "yes" for a document without end.

    A number whose check digit fails is left out: a wrong value is never kept.

    Args:
        found: fields of a reading: value, doubt.
    """
    usable = {
        name: str(found[known]["value"])
        for name, known in READ_AS.items()
        if known in found and found[known].get("doubt") != Doubt.CHECK_DIGIT
    }
    if usable.get("id_valid_to") == LONG_TERM:
        del usable["id_valid_to"]
        usable["id_long_term"] = "yes"
    return {name: value[:LONGEST] for name, value in usable.items() if value}


def is_same(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but spaces and capitals."""
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return "".join(text.split()).upper()
