"""Who may open online with which document, on a given day. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Hurdle(StrEnum):
    """Why a document or a person cannot go on online."""

    TOO_YOUNG = "too_young"
    TOO_OLD = "too_old"
    CHILD = "child"
    OTHER_PAPER = "other_paper"
    EXPIRED = "expired"
    EXPIRES_SOON = "expires_soon"
    NOT_YET_VALID = "not_yet_valid"
    ORDER = "order"


@dataclass(frozen=True, kw_only=True)
class OnlineTerms:
    """The dated rule `accounts.online_terms`.

    Attributes:
        version: of the rule.
        youngest, oldest: ages in completed years that may open online, both included.
        days_left: days that a document must still be valid.
        warn_days: days before its end from which the customer is told to renew it soon.
    """

    version: str
    youngest: int
    oldest: int
    days_left: int
    warn_days: int


def terms_of(value: Mapping[str, Any], version: str) -> OnlineTerms:
    """The rule as it is kept in `reference/rules.yaml`."""
    return OnlineTerms(
        version=version,
        youngest=value["youngest"],
        oldest=value["oldest"],
        days_left=value["days_left"],
        warn_days=value["warn_days"],
    )


def age_on(born: date, day: date) -> int:
    """Completed years; who is born on 29 February grows older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def age_hurdle(born: date, on: date, terms: OnlineTerms) -> Hurdle | None:
    """Why a person of this birth date cannot open online on `on`, or None."""
    age = age_on(born, on)
    if age < terms.youngest:
        return Hurdle.TOO_YOUNG
    return Hurdle.TOO_OLD if age > terms.oldest else None


def validity_hurdle(
    valid_from: date | None, valid_to: date | None, on: date, terms: OnlineTerms
) -> Hurdle | None:
    """Why a document cannot be used on `on`; `valid_to` None means long-term."""
    if valid_from and valid_from > on:
        return Hurdle.NOT_YET_VALID
    if valid_to is None:
        return None
    if valid_from and valid_to <= valid_from:
        return Hurdle.ORDER
    if valid_to < on:
        return Hurdle.EXPIRED
    return Hurdle.EXPIRES_SOON if (valid_to - on).days < terms.days_left else None


def ends_soon(valid_to: date | None, on: date, terms: OnlineTerms) -> bool:
    """Whether a usable document should be renewed soon."""
    return valid_to is not None and (valid_to - on).days < terms.warn_days
