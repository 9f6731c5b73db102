"""Whose bonds mature soon: units that are held, and what was allotted in a subscription book."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from brokerage.core.reminders import Found, Look
from products.dated import maturing_on
from products.models import Bid, Holding, Product
from products.states import Family


def maturing(day: date) -> Look:
    """Each bond that matures after `day`, within the days of the rule; once, to who has it."""
    days, version = maturing_on(day)
    soon = _maturing(after=day, until=day + timedelta(days=days))

    def look(keys: Sequence[int]) -> Iterator[Found]:
        for customer, product in _owners(keys, list(soon)):
            row, matures = soon[product]
            yield Found(
                customer=customer,
                subject=f"{row.item.code}:{matures}",
                version=version,
                facts={
                    "name": {"zh-hans": row.item.name_zh, "en": row.item.name_en},
                    "day": matures.isoformat(),
                },
            )

    return look


def _maturing(*, after: date, until: date) -> dict[int, tuple[Product, date]]:
    """Bonds by key with the day on which they mature; the shelf has few, so all are looked at."""
    found = {}
    for row in Product.objects.filter(family=Family.BOND).select_related("item"):
        matures = date.fromisoformat(row.attributes["matures"])
        if after < matures <= until:
            found[row.pk] = (row, matures)
    return found


def _owners(keys: Sequence[int], products: list[int]) -> list[tuple[int, int]]:
    """Customer and product, each pair once."""
    if not products:
        return []
    held = Holding.objects.filter(customer__in=keys, product__in=products, units__gt=0)
    bids = Bid.objects.filter(customer__in=keys, book__product__in=products, allotted__gt=0)
    pairs = set(held.values_list("customer", "product"))
    return sorted(pairs.union(bids.values_list("customer", "book__product")))
