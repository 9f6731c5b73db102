"""Which fields a profile has, what a value must look like, and who may set it. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from brokerage.core import masking

IDENTITY = "identity"  # follows a document
CONTACT = "contact"  # the customer's word is enough


@dataclass(frozen=True)
class Field:
    """One field of the profile.

    Attributes:
        label: as shown, translated.
        group: IDENTITY or CONTACT.
        mask: how the value is shown where it is masked.
        is_date: whether the value is an ISO date.
        longest: most characters.
    """

    label: Promise
    group: str
    mask: str = "plain"
    is_date: bool = False
    longest: int = 120


FIELDS: dict[str, Field] = {
    "name": Field(_("Name"), IDENTITY, mask="name", longest=60),
    "id_type": Field(_("Document"), IDENTITY),
    "id_number": Field(_("Document number"), IDENTITY, mask="identity_number", longest=40),
    "id_issuer": Field(_("Issued by"), IDENTITY),
    "id_valid_from": Field(_("Document valid from"), IDENTITY, is_date=True),
    "id_valid_to": Field(_("Document valid until"), IDENTITY, is_date=True),
    "sex": Field(_("Sex"), IDENTITY, longest=10),
    "birth_date": Field(_("Birth date"), IDENTITY, mask="hidden", is_date=True),
    "nationality": Field(_("Nationality"), IDENTITY, longest=40),
    "address": Field(_("Address"), CONTACT, mask="address", longest=200),
    "occupation": Field(_("Occupation"), CONTACT, longest=60),
    "employer": Field(_("Employer"), CONTACT, longest=100),
    "email": Field(_("E-mail"), CONTACT, mask="email", longest=254),
}
CONTACT_FIELDS = tuple(name for name, field in FIELDS.items() if field.group == CONTACT)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


class BadValue(ValueError):
    """A value cannot stand in the profile.

    Attributes:
        field: name of the field; the value itself is never told.
    """

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def clean(values: Mapping[str, str]) -> dict[str, str]:
    """The values as they are kept: NFKC, without control or direction marks or outer blanks.

    Raises:
        BadValue: for an unknown field, a value too long, or one of the wrong form.
    """
    return {name: _clean_one(name, value) for name, value in values.items()}


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the fields whose value differs, in the order of FIELDS."""
    return tuple(name for name in FIELDS if name in after and after[name] != before.get(name, ""))


def shown(name: str, value: str) -> str:
    """A value as it is shown by default: masked where it identifies somebody."""
    mask = FIELDS[name].mask
    if mask == "hidden":
        return masking.HIDDEN if value else ""
    if mask == "plain":
        return value
    masked: str = getattr(masking, mask)(value)
    return masked


def _clean_one(name: str, value: str) -> str:
    field = FIELDS.get(name)
    text = unicodedata.normalize("NFKC", value)
    text = "".join(letter for letter in text if unicodedata.category(letter)[0] != "C").strip()
    if field is None or len(text) > field.longest:
        raise BadValue(name)
    if text and field.is_date:
        try:
            date.fromisoformat(text)
        except ValueError:
            raise BadValue(name) from None
    if text and name == "email" and not _EMAIL.fullmatch(text):
        raise BadValue(name)
    return text
