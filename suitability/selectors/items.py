"""Items with the grade of a day, and what was shown of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from brokerage.customers.models import Customer
from suitability.models import Exposure, ItemGrade
from suitability.rules.grades import Grade
from suitability.rules.matching import ItemFacts

KEPT = ("item__ref", "item__months", "item__type", "item__requirements", "grade")


def shelf_on(day: date, refs: Iterable[object] | None = None) -> list[ItemFacts]:
    """Items that have a grade on the business date `day`, by code; one query.

    Args:
        refs: of the items that are wanted; None for all.
    """
    rows = ItemGrade.objects.in_force(day)
    if refs is not None:
        rows = rows.filter(item__ref__in=list(refs))
    return [
        ItemFacts(
            key=str(ref), grade=Grade(grade), months=months, type=kind, requirements=tuple(asked)
        )
        for ref, months, kind, asked, grade in rows.order_by("item__code").values_list(*KEPT)
    ]


def exposures_of(customer: Customer, on: date, *, days: int) -> dict[str, tuple[date, ...]]:
    """By ref of the item, the days on which we showed it in the `days` before `on`, or later."""
    rows = Exposure.objects.filter(customer=customer, on__gte=on - timedelta(days=days))
    found: dict[str, set[date]] = {}
    for ref, day in rows.values_list("item__ref", "on"):
        found.setdefault(str(ref), set()).add(day)
    return {ref: tuple(sorted(shown)) for ref, shown in found.items()}
