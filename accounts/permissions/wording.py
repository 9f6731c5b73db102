"""What a permission is called."""

from __future__ import annotations

from datetime import date

from suitability.models import in_language
from suitability.selectors.permissions import permissions_on


def label_in(key: str, on: date) -> dict[str, str]:
    """The name of a permission by language; its key where no rule names it any more."""
    found = permissions_on(on, key)
    return dict(found[0].label) if found else {"zh-hans": key, "en": key}


def label(key: str, on: date) -> str:
    """The name in the reader's language."""
    return in_language(label_in(key, on))


def labels(on: date) -> dict[str, str]:
    """The names of all permissions on a day, by key, in the reader's language; one query."""
    return {each.rule.key: in_language(dict(each.label)) for each in permissions_on(on)}
