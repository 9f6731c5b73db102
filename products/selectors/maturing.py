"""Whose bonds mature soon: units that are held, what was allotted in a subscription book, and
bonds at the trading counter whose day its list of securities names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from brokerage.core.reminders import Found, Look
from brokerage.core.written import any_of
from brokerage.reference.models import Instrument, InstrumentKind
from holdings.models import Position
from products.dated import maturing_on
from products.models import Bid, Holding, Product
from products.states import Family


def maturing(day: date) -> Look:
    """Each bond that matures after `day`, within the days of the rule; once, to who has it."""
    days, version = maturing_on(day)
    until = day + timedelta(days=days)
    soon, listed = _maturing(after=day, until=until), _listed(after=day, until=until)

    def look(keys: Sequence[int]) -> Iterator[Found]:
        for customer, product in _owners(keys, list(soon)):
            row, matures = soon[product]
            yield _found(customer, row.item.code, row.item, matures, version)
        for customer, security in _holders(keys, list(listed), day):
            one = listed[security]
            code = f"{one.code}.{one.market}"
            yield _found(customer, code, one, one.matures_on, version)

    return look


def _found(customer: int, code: str, named: Any, matures: Any, version: str) -> Found:
    return Found(
        customer=customer,
        subject=f"{code}:{matures}",
        version=version,
        facts={
            "name": {"zh-hans": named.name_zh, "en": named.name_en or named.name_zh},
            "day": matures.isoformat(),
        },
    )


def _listed(*, after: date, until: date) -> dict[int, Instrument]:
    """Listed bonds by key that mature in these days, the first not included."""
    rows = Instrument.objects.filter(
        kind__in=(InstrumentKind.BOND, InstrumentKind.CONVERTIBLE),
        matures_on__gt=after,
        matures_on__lte=until,
    )
    return {row.pk: row for row in rows}


def _holders(keys: Sequence[int], securities: list[int], day: date) -> list[tuple[int, int]]:
    """Customer and security, each pair once, of what lies in their accounts on `day`."""
    if not securities:
        return []
    rows = Position.objects.filter(
        any_of("account__customer", keys),
        any_of("instrument", securities),
        day=day,
        quantity__gt=0,
    )
    return sorted(set(rows.values_list("account__customer", "instrument")))


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
    held = Holding.objects.filter(
        any_of("customer", keys), any_of("product", products), units__gt=0
    )
    bids = Bid.objects.filter(
        any_of("customer", keys), any_of("book__product", products), allotted__gt=0
    )
    pairs = set(held.values_list("customer", "product"))
    return sorted(pairs.union(bids.values_list("customer", "book__product")))
