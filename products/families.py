"""What each family of products says of itself beside what all have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from products.states import Family


@dataclass(frozen=True)
class Attribute:
    """One attribute: its words, and whether it is text in both languages or a date."""

    key: str
    label: Any
    is_date: bool = False


ATTRIBUTES: dict[Family, tuple[Attribute, ...]] = {
    Family.FUND: (
        Attribute("manager", _("fund manager")),
        Attribute("custodian", _("custodian bank")),
        Attribute("founded", _("founded"), is_date=True),
    ),
    Family.PLAN: (
        Attribute("manager", _("portfolio manager")),
        Attribute("custodian", _("custodian bank")),
        Attribute("opens", _("opens for subscription")),
    ),
    Family.PRIVATE: (
        Attribute("manager", _("fund manager")),
        Attribute("lock", _("lock-up")),
    ),
    Family.BOND: (
        Attribute("coupon", _("coupon")),
        Attribute("rating", _("rating")),
        Attribute("matures", _("matures"), is_date=True),
    ),
    Family.MANDATE: (
        Attribute("strategy", _("strategy")),
        Attribute("reporting", _("reporting")),
    ),
    Family.CUSTODY: (
        Attribute("scope", _("what is kept")),
        Attribute("reporting", _("reporting")),
    ),
    Family.CROSS_BORDER: (
        Attribute("markets", _("markets")),
        Attribute("settlement", _("settlement currency")),
    ),
}
MOST = 80


def problems_of(family: str, given: Mapping[str, Any]) -> list[str]:
    """Keys of attributes that are missing, unknown or not in their form.

    Args:
        family: of the product.
        given: by key, texts as {"zh": …, "en": …} and dates as ISO text.
    """
    asked = {each.key: each for each in ATTRIBUTES[Family(family)]}
    wrong = sorted(set(given) ^ set(asked))
    return wrong + [key for key in asked if key in given and not _fits(asked[key], given[key])]


def _fits(asked: Attribute, value: Any) -> bool:
    if asked.is_date:
        try:
            return bool(date.fromisoformat(value))
        except (TypeError, ValueError):
            return False
    texts = [value.get("zh"), value.get("en")] if isinstance(value, Mapping) else [None]
    return all(isinstance(text, str) and 0 < len(text.strip()) <= MOST for text in texts)


def read_lines(text: str) -> dict[str, Any]:
    """Attributes as people write them, one on a line or between semicolons.

    Args:
        text: such as `manager: 林知远 | Lin Zhiyuan` and `founded: 2024-03-01`; what cannot be
            read is kept as it is, so that `problems_of` names it.
    """
    found: dict[str, Any] = {}
    for line in text.replace(";", "\n").replace("\uff1b", "\n").splitlines():
        if not line.strip():
            continue
        key, _colon, value = line.replace("\uff1a", ":").partition(":")
        zh, bar, en = value.replace("\uff5c", "|").partition("|")
        given: Any = {"zh": zh.strip(), "en": en.strip()} if bar else value.strip()
        found[key.strip()] = given
    return found


def keys_in_words() -> str:
    """For each family its keys, as a help text."""
    return " · ".join(
        f"{family.label}: {', '.join(each.key for each in asked)}"
        for family, asked in ATTRIBUTES.items()
    )
