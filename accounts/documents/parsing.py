"""The fields of a resident identity card, from the lines that were read on it. Pure.

Labels and values come merged or apart, in varying order ("性别男民族汉"), so each field is found
by its form. Sex and birth date also stand in the number: where the printed ones differ, they are
taken from the number, which has a check digit, and marked as doubtful.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.core.exceptions import ValidationError

from brokerage.core import identifiers
from brokerage.core.identifiers import Sex

LONG_TERM = "long_term"
LABELS = ("姓名", "性别", "民族", "出生", "住址", "公民身份号码", "签发机关", "有效期限")
SURE = 1000


class Side(StrEnum):
    """Which side of the card: the one with the portrait, or the one with the emblem."""

    PORTRAIT = "portrait"
    EMBLEM = "emblem"


class Doubt(StrEnum):
    """Why a field should be looked at."""

    DIFFERS = "differs_from_number"
    CHECK_DIGIT = "check_digit"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Line:
    """One line as the reader saw it; `sure` in thousandths."""

    text: str
    sure: int


@dataclass(frozen=True)
class FieldRead:
    """One field.

    Attributes:
        value: in our form: ISO dates, LONG_TERM, a Sex, names and addresses as printed.
        sure: thousandths.
        doubt: a Doubt, or empty.
    """

    value: str
    sure: int
    doubt: str = ""


def side_of(lines: Sequence[Line]) -> Side | None:
    """Which side the lines come from; None where it is no identity card."""
    text = _joined(lines)
    if re.search(r"公民身份号|\d{17}[\dXx]", text):
        return Side.PORTRAIT
    if re.search(r"居民身份证|签发机关", text):
        return Side.EMBLEM
    return None


def parse(lines: Sequence[Line], side: Side, *, on: date) -> dict[str, FieldRead]:
    """The fields that were found: name, sex, nation, birth_date, address, number; or issuer,
    valid_from, valid_to.

    Args:
        lines: from top to bottom.
        side: which side is expected.
        on: today; a birth date lies before it.
    """
    return _portrait(lines, on) if side == Side.PORTRAIT else _emblem(lines)


def _portrait(lines: Sequence[Line], on: date) -> dict[str, FieldRead]:
    found: dict[str, FieldRead] = {}
    number = _match(lines, r"(?<!\d)(\d{17}[\dXx])(?!\d)")
    known = None
    if number:
        value = number.value.upper()
        try:
            known = identifiers.resident_id(value, on=on)
            found["number"] = FieldRead(value, number.sure)
        except ValidationError:
            found["number"] = FieldRead(value, number.sure, Doubt.CHECK_DIGIT)
    if name := _after(lines, "姓名", r"[\u3400-\u9fff\U00020000-\U0002ebef·]{2,20}"):
        found["name"] = name
    if nation := _after(lines, "民族", r"[\u4e00-\u9fff]{1,8}"):
        found["nation"] = nation
    sex = _match(lines, r"性别\s*([男女])") or _match(lines, r"^([男女])$")
    if sex:
        found["sex"] = FieldRead((Sex.MALE if sex.value == "男" else Sex.FEMALE).value, sex.sure)
    born = _birth(lines)
    if born:
        found["birth_date"] = born
    if address := _address(lines):
        found["address"] = address
    if known is not None:
        _compare(found, "sex", known.sex)
        _compare(found, "birth_date", known.birth_date.isoformat() if known.birth_date else "")
    return found


def _compare(found: dict[str, FieldRead], name: str, from_number: object) -> None:
    if not from_number:
        return
    value = str(getattr(from_number, "value", from_number))
    printed = found.get(name)
    if printed is None:
        found[name] = FieldRead(value, found["number"].sure)
    elif printed.value != value:
        found[name] = FieldRead(value, printed.sure, Doubt.DIFFERS)
    else:
        found[name] = FieldRead(value, SURE)


def _emblem(lines: Sequence[Line]) -> dict[str, FieldRead]:
    found: dict[str, FieldRead] = {}
    issuer = _after(lines, "签发机关", r"[\u4e00-\u9fff]{3,30}") or _match(
        lines, r"^([\u4e00-\u9fff]{2,26}(?:公安局|分局))$"
    )
    if issuer:
        found["issuer"] = issuer
    day = r"(\d{4})[.\-/](\d{2})[.\-/](\d{2})"
    text = _joined(lines)
    sure = _sure_of(lines, r"\d{4}[.\-/]\d{2}")
    span = re.search(rf"{day}[-—–~至]+(?:{day}|长期)", text)
    if span:
        first = _day(span.group(1), span.group(2), span.group(3))
        last = _day(span.group(4), span.group(5), span.group(6)) if span.group(4) else LONG_TERM
        if first:
            found["valid_from"] = FieldRead(first, sure)
        if last:
            found["valid_to"] = FieldRead(last, sure)
    return found


def _birth(lines: Sequence[Line]) -> FieldRead | None:
    found = re.search(r"(\d{4})年(\d{1,2})月(\d{1,2})日?", _joined(lines))
    value = _day(*found.groups()) if found else ""
    return FieldRead(value, _sure_of(lines, r"年")) if value else None


def _address(lines: Sequence[Line]) -> FieldRead | None:
    """Everything between the label and the number, but the other fields."""
    parts: list[Line] = []
    inside = False
    for line in lines:
        text = _plain(line.text)
        if text.startswith("住址"):
            inside, text = True, text.removeprefix("住址")
        if re.search(r"公民身份|\d{17}", text):
            break
        if inside and text:
            parts.append(Line(text, line.sure))
    if not parts:
        return None
    return FieldRead("".join(part.text for part in parts), min(part.sure for part in parts))


def _after(lines: Sequence[Line], label: str, form: str) -> FieldRead | None:
    """The value behind `label`, in its line or in the next one that is no label."""
    for place, line in enumerate(lines):
        text = _plain(line.text)
        if label not in text:
            continue
        rest = text.partition(label)[2]
        if found := re.match(rf"[:：]?({form})", rest):
            return FieldRead(_cut(found.group(1)), line.sure)
        for after in lines[place + 1 : place + 3]:
            value = _plain(after.text)
            if not value.startswith(LABELS) and re.fullmatch(form, value):
                return FieldRead(value, min(line.sure, after.sure))
        for before in reversed(lines[max(0, place - 1) : place]):
            value = _plain(before.text)
            if not value.startswith(LABELS) and re.fullmatch(form, value):
                return FieldRead(value, min(line.sure, before.sure, 700), Doubt.UNSURE)
    return None


def _cut(value: str) -> str:
    """`value` up to the next label that was read in the same line."""
    places = [place for label in LABELS if (place := value.find(label)) > 0]
    return value[: min(places)] if places else value


def _match(lines: Sequence[Line], form: str) -> FieldRead | None:
    for line in lines:
        if found := re.search(form, _plain(line.text)):
            return FieldRead(found.group(1), line.sure)
    return None


def _sure_of(lines: Sequence[Line], form: str) -> int:
    return min((line.sure for line in lines if re.search(form, _plain(line.text))), default=0)


def _joined(lines: Sequence[Line]) -> str:
    return "\n".join(_plain(line.text) for line in lines)


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _day(year: str, month: str, day: str) -> str:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""
