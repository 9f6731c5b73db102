"""Funds that do better for somebody than the ones they hold: for less money, or with less risk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from brokerage.core.display import formats
from brokerage.core.display.languages import in_each_language
from brokerage.core.reminders import Found, Look
from brokerage.core.written import any_of
from brokerage.customers.models import Consent, Customer
from brokerage.customers.purposes import PERSONALISATION
from products.dated import cheaper_on, fitting_on, ranking_on
from products.models import Holding, Mute, Product, Terms
from products.rules.cheaper import Fund, cheaper, milder
from products.selectors.exposure import committed_by, room_on
from products.selectors.offers import closed_to_offers
from products.selectors.shelf import facts_of
from products.selectors.sold import sold_online
from products.states import Mode
from suitability.rules import matching
from suitability.rules.matching import MatchOutcome
from suitability.selectors.investor import investors_of
from suitability.selectors.rules import matching_rules_on

Better = Callable[[Fund, Sequence[Fund]], list[Fund]]
"""What does better than a held fund, the best first."""


def cheaper_funds(day: date) -> Look:
    """For each fund that somebody holds the cheapest of its kind that suits them."""
    least, version = cheaper_on(day)

    def better(held: Fund, others: Sequence[Fund]) -> list[Fund]:
        return cheaper(held, others, least)

    return _look(day, better, _costs, version, only_misfits=False)


def fitting_funds(day: date) -> Look:
    """For each fund that does not suit its holder (any more) one of its type that does."""
    steps, version = fitting_on(day)

    def better(held: Fund, others: Sequence[Fund]) -> list[Fund]:
        return milder(held, others, steps)

    return _look(day, better, _grades, version, only_misfits=True)


def _look(
    day: date,
    better_than: Better,
    facts: Callable[[Any, Any, Fund, Fund], dict[str, Any]],
    version: str,
    *,
    only_misfits: bool,
) -> Look:
    """One suggestion a pair of funds, ever; nothing of a family that the customer muted or of
    which they may have no more, nothing to whom nothing may be suggested
    (`use_cases.offering.require_open`).

    Args:
        only_misfits: only where the held fund itself does not match its holder.
    """
    every = ranking_on(day).every_days
    sold, limits = sold_online(day), room_on(day)
    rows = list(Product.objects.for_sale(day).openly().select_related("item"))
    offered = {row.pk: row for row in rows if row.mode == Mode.CART}
    funds = _funds(offered.values(), day)
    better = {key: better_than(fund, list(funds.values())) for key, fund in funds.items()}
    better = {key: found for key, found in better.items() if found}
    rules = matching_rules_on(day)
    asked = {fund.key for found in better.values() for fund in found}
    matched: list[int] = sorted(asked | better.keys() if only_misfits else asked)
    items = [facts_of(offered[key]) for key in matched]

    def look(keys: Sequence[int]) -> Iterator[Found]:
        held = _held(keys, list(better))
        wanting = _open(list(held), every, day) if held else []
        if not wanting:
            return
        muted = set(
            Mute.objects.filter(any_of("customer", wanting)).values_list("customer", "family")
        )
        homes = dict(
            Customer.objects.filter(any_of("pk", wanting)).values_list("pk", "home_outlet_ref")
        )
        had = committed_by(wanting, sorted(limits.keys() & asked))
        for customer, investor in investors_of(wanting, day):
            opinions = matching.match_many(investor, items, rules, on=day)
            suits = {
                key
                for key, opinion in zip(matched, opinions, strict=True)
                if opinion.outcome is MatchOutcome.MATCH
            }
            mine = {
                key
                for key in suits
                if sold.to(key, homes[customer])
                and (key not in limits or had.get((customer, key), 0) <= limits[key])
            }
            for own in held[customer]:
                first = next((fund for fund in better[own] if fund.key in mine), None)
                if first is None or (customer, offered[own].family) in muted:
                    continue
                if only_misfits and own in suits:
                    continue
                yield Found(
                    customer=customer,
                    subject=f"{funds[own].code}:{first.code}",
                    version=version,
                    facts=facts(offered[own], offered[first.key], funds[own], first),
                )

    return look


def _funds(products: Iterable[Any], day: date) -> dict[int, Fund]:
    """What counts of each, by key; two queries with the terms in force."""
    rows = list(products)
    terms = {row.product_id: row for row in Terms.objects.approved().on(day)}
    return {
        row.pk: Fund(
            key=row.pk,
            code=row.item.code,
            kind=(row.family, row.item.type, row.grade),
            yearly=sum((rate for _name, rate in terms[row.pk].table.yearly), Decimal(0)),
        )
        for row in rows
    }


def _open(keys: Sequence[int], every: int, day: date) -> list[int]:
    """Who agreed to personal pages, waits for no answer, is under no hold and got none lately."""
    agreed = Consent.objects.in_force().filter(any_of("customer", keys), purpose=PERSONALISATION)
    found = set(agreed.values_list("customer", flat=True))
    return sorted(found - closed_to_offers(keys, day, every).keys())


def _held(keys: Sequence[int], products: list[int]) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    if products:
        rows = Holding.objects.filter(
            any_of("customer", keys), any_of("product", products), units__gt=0
        )
        for customer, product in rows.order_by("pk").values_list("customer", "product"):
            found[customer].append(product)
    return found


def _costs(own: Any, other: Any, mine: Fund, first: Fund) -> dict[str, Any]:
    return _names(own, other) | {
        "rate": in_each_language(lambda: formats.rate(mine.yearly)),
        "less": in_each_language(lambda: formats.rate(first.yearly)),
    }


def _grades(own: Any, other: Any, mine: Fund, first: Fund) -> dict[str, Any]:
    return _names(own, other) | {"grade": mine.kind[2], "lower": first.kind[2]}


def _names(own: Any, other: Any) -> dict[str, Any]:
    return {
        name: {"zh-hans": product.item.name_zh, "en": product.item.name_en}
        for name, product in (("name", own), ("other", other))
    }
