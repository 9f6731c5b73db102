"""Identity documents of natural persons (GB 11643 and the documents of the exit-entry offices)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _
from stdnum.cn import ric

from brokerage.core.identifiers.base import (
    BadIdentifier,
    Identifier,
    Sex,
    normal,
    require_length,
)
from brokerage.core.identifiers.business import credit_code

EARLIEST_BIRTH = date(1900, 1, 1)
_PROVINCES = """
11 12 13 14 15  21 22 23  31 32 33 34 35 36 37  41 42 43 44 45 46
50 51 52 53 54  61 62 63 64 65  71
"""
PROVINCES = frozenset(_PROVINCES.split())
RESIDENCE_PERMIT_AREAS = {"810000": "hong_kong", "820000": "macau", "830000": "taiwan"}


class Document(models.TextChoices):
    """Which document proves who a person or an organisation is."""

    RESIDENT_ID = "resident_id", _("Resident identity card")
    RESIDENCE_PERMIT = "residence_permit", _("Residence permit for Hong Kong, Macau and Taiwan")
    HK_MACAU_PERMIT = "hk_macau_permit", _("Mainland travel permit for Hong Kong and Macau")
    TAIWAN_PERMIT = "taiwan_permit", _("Mainland travel permit for Taiwan")
    FOREIGN_RESIDENT = "foreign_resident", _("Foreign permanent resident card")
    CHINESE_PASSPORT = "chinese_passport", _("Chinese passport")
    FOREIGN_PASSPORT = "foreign_passport", _("Foreign passport")
    BUSINESS_LICENCE = "business_licence", _("Licence of an organisation")


def check_document(document: str, text: str, *, on: date) -> Identifier:
    """Check a number by the kind of its document.

    Args:
        document: a value of `Document`.
        text: as typed.
        on: the business date; a birth date after it is refused.

    Raises:
        BadIdentifier: with a message for the person who typed it.
    """
    return _CHECKS[Document(document)](text, on)


def resident_id(text: str, *, on: date) -> Identifier:
    """An 18-digit resident identity number.

    The area may be an abolished or a new one: no current list may refuse it, therefore only
    the province is checked here (python-stdnum's list of counties ends before 2021).
    """
    value = normal(text)
    if re.fullmatch(r"\d{15}", value, re.ASCII):
        raise BadIdentifier(
            _("Numbers with 15 digits are no longer valid. Enter the 18 digits of the new card."),
            "first_generation",
        )
    _require_eighteen(value)
    if value[:6] in RESIDENCE_PERMIT_AREAS:
        raise BadIdentifier(
            _("This is the number of a residence permit. Choose that document."),
            "is_residence_permit",
        )
    if value[0] == "9":
        raise BadIdentifier(
            _("This is the number of a foreign permanent resident card. Choose that document."),
            "is_foreign_resident",
        )
    if value[:2] not in PROVINCES:
        raise BadIdentifier(
            _("The first two digits name no province. Compare them with the document."), "area"
        )
    return _person(value, area=value[:6], on=on)


def residence_permit(text: str, *, on: date) -> Identifier:
    """The 18-digit number of a residence permit for people of Hong Kong, Macau or Taiwan."""
    value = normal(text)
    _require_eighteen(value)
    if value[:6] not in RESIDENCE_PERMIT_AREAS:
        raise BadIdentifier(
            _("A residence permit's number begins with 810000, 820000 or 830000."), "area"
        )
    return _person(value, area=value[:6], on=on, category=RESIDENCE_PERMIT_AREAS[value[:6]])


def hk_macau_permit(text: str) -> Identifier:
    """H or M and 8 digits. Two more digits of an old card only count its renewals: dropped."""
    value = normal(text)
    if not re.fullmatch(r"[HM]\d{8}(\d{2})?", value, re.ASCII):
        raise BadIdentifier(
            _("This number is H or M followed by 8 digits. Compare it with the document."),
            "format",
        )
    return Identifier(value=value[:9], category="hong_kong" if value[0] == "H" else "macau")


def taiwan_permit(text: str) -> Identifier:
    """8 digits."""
    value = normal(text)
    if not re.fullmatch(r"\d{8}", value, re.ASCII):
        raise BadIdentifier(_("This number has 8 digits. Compare it with the document."), "format")
    return Identifier(value=value, category="taiwan")


def foreign_resident(text: str, *, on: date) -> Identifier:
    """A foreign permanent resident: 18 digits from 9 (with check), or 3 letters and 12 digits."""
    value = normal(text)
    if re.fullmatch(r"[A-Z]{3}\d{12}", value, re.ASCII):
        return Identifier(value=value, area=value[:3], category="old_card")
    _require_eighteen(value)
    if value[0] != "9":
        raise BadIdentifier(
            _("This number begins with 9, or with 3 letters on an old card."), "area"
        )
    return _person(value, area=value[3:6], on=on, category="new_card")


def chinese_passport(text: str) -> Identifier:
    """E, G, P, S or D and 8 digits, or E with a letter (or DE, PE, SE) and 7 digits."""
    value = normal(text)
    if not re.fullmatch(r"[EGPSD]\d{8}|(?:E[A-Z]|[DPS]E)\d{7}", value, re.ASCII):
        raise BadIdentifier(
            _("A passport number has 9 characters, such as E12345678 or EA1234567."), "format"
        )
    return Identifier(value=value)


def foreign_passport(text: str) -> Identifier:
    """5 to 15 letters and digits, without any check digit."""
    value = normal(text)
    if not re.fullmatch(r"[A-Z0-9]{5,15}", value, re.ASCII) or not re.search(r"\d", value):
        raise BadIdentifier(
            _("A passport number has 5 to 15 letters and digits. Compare it with the document."),
            "format",
        )
    return Identifier(value=value)


def _require_eighteen(value: str) -> None:
    require_length(value, 18)
    if not re.fullmatch(r"\d{17}[\dX]", value, re.ASCII):
        raise BadIdentifier(
            _("This number has 17 digits, then a digit or X. Compare it with the document."),
            "format",
        )


def _person(value: str, *, area: str, on: date, category: str = "") -> Identifier:
    if ric.calc_check_digit(value) != value[-1]:
        raise BadIdentifier(
            _("One character does not fit. Compare the number with the document."), "check_digit"
        )
    return Identifier(
        value=value,
        birth_date=_birth_date(value, on),
        sex=Sex.MALE if int(value[16]) % 2 else Sex.FEMALE,
        area=area,
        category=category,
    )


def _birth_date(value: str, on: date) -> date:
    try:
        born = date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        born = None
    if born is None or not EARLIEST_BIRTH <= born <= on:
        raise BadIdentifier(
            _("The birth date in this number cannot be right. Compare it with the document."),
            "birth_date",
        )
    return born


_CHECKS: dict[Document, Callable[[str, date], Identifier]] = {
    Document.RESIDENT_ID: lambda text, on: resident_id(text, on=on),
    Document.RESIDENCE_PERMIT: lambda text, on: residence_permit(text, on=on),
    Document.HK_MACAU_PERMIT: lambda text, on: hk_macau_permit(text),
    Document.TAIWAN_PERMIT: lambda text, on: taiwan_permit(text),
    Document.FOREIGN_RESIDENT: lambda text, on: foreign_resident(text, on=on),
    Document.CHINESE_PASSPORT: lambda text, on: chinese_passport(text),
    Document.FOREIGN_PASSPORT: lambda text, on: foreign_passport(text),
    Document.BUSINESS_LICENCE: lambda text, on: credit_code(text),
}
