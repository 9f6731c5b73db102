"""Choosing a place: provinces, what lies below, and the way down to one code."""

from __future__ import annotations

from datetime import date

from brokerage.reference.models import Division, Level
from brokerage.reference.models.places import DivisionQuerySet


def provinces(on: date) -> DivisionQuerySet:
    """The provinces that existed on `on`, by code (the order that readers know)."""
    return Division.objects.on(on).official().filter(level=Level.PROVINCE).order_by("code")


def below(division: Division, on: date) -> list[Division]:
    """The next level of official divisions, by pinyin; grouping codes are looked through.

    So the districts of Shanghai stand directly below Shanghai. Empty for a leaf.
    """
    found = []
    for child in division.children.on(on).by_pinyin():
        found += [child] if child.is_official else list(_inside(child, on))
    return sorted(found, key=lambda one: (one.pinyin, one.code))


def path(division: Division) -> list[Division]:
    """From the province down to `division`, without grouping codes."""
    way = [division]
    while way[0].parent is not None:
        way.insert(0, way[0].parent)
    return [one for one in way if one.is_official or one is division]


def _inside(group: Division, on: date) -> DivisionQuerySet:
    return group.children.on(on).official()
