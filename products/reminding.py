"""Reminders of this app: a bond that matures, and a fund of the same kind that takes less."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from brokerage.core.display import formats
from brokerage.core.display.languages import in_each_language
from brokerage.core.reminders import Found, Look, Reminding, reminders
from brokerage.core.written import any_of
from brokerage.customers.models import Consent, Customer
from brokerage.customers.purposes import PERSONALISATION
from products.dated import cheaper_on, ranking_on
from products.models import Holding, Mute, Product, Terms
from products.rules.cheaper import Fund, cheaper
from products.selectors.maturing import maturing
from products.selectors.offers import closed_to_offers
from products.selectors.shelf import facts_of
from products.states import Mode
from suitability.models import Exposure
from suitability.rules import matching
from suitability.rules.matching import MatchOutcome
from suitability.selectors.investor import investors_of
from suitability.selectors.rules import matching_rules_on
from suitability.use_cases.matching import record_exposures

KIND, MATURING = "cheaper", "maturing"


def cheaper_funds(day: date) -> Look:
    """For each fund that somebody holds the cheapest of its kind that suits them.

    One suggestion a pair of funds, ever; nothing of a family that the customer muted, and
    nothing to whom nothing may be suggested (`use_cases.offering.require_open`).
    """
    least, version = cheaper_on(day)
    every = ranking_on(day).every_days
    rows = list(Product.objects.for_sale(day).openly().select_related("item"))
    offered = {row.pk: row for row in rows if row.mode == Mode.CART}
    funds = _funds(offered.values(), day)
    better = {key: cheaper(fund, list(funds.values()), least) for key, fund in funds.items()}
    better = {key: found for key, found in better.items() if found}
    rules = matching_rules_on(day)
    suitable: list[int] = sorted({fund.key for found in better.values() for fund in found})
    items = [facts_of(offered[key]) for key in suitable]

    def look(keys: Sequence[int]) -> Iterator[Found]:
        held = _held(_open(keys, every, day), list(better))
        muted = set(
            Mute.objects.filter(any_of("customer", held)).values_list("customer", "family")
        )
        for customer, investor in investors_of(sorted(held), day):
            opinions = matching.match_many(investor, items, rules, on=day)
            suits = {
                key
                for key, opinion in zip(suitable, opinions, strict=True)
                if opinion.outcome is MatchOutcome.MATCH
            }
            for own in held[customer]:
                first = next((fund for fund in better[own] if fund.key in suits), None)
                if first is None or (customer, offered[own].family) in muted:
                    continue
                yield Found(
                    customer=customer,
                    subject=f"{funds[own].code}:{first.code}",
                    version=version,
                    facts=_facts(offered[own], offered[first.key], funds[own], first),
                )

    return look


def was_shown(customer: Customer, found: Found, at: datetime) -> None:
    """What is suggested counts as shown, so that it cannot be insisted on later."""
    product = Product.objects.select_related("item").get(
        item__code=found.subject.partition(":")[2]
    )
    record_exposures(customer=customer, refs=[product.item.ref], way=Exposure.Way.SHOWN, at=at)


def register() -> None:
    """Called once when the app is ready."""
    reminders.register(
        MATURING,
        Reminding(
            label=_("A bond that matures"),
            text="products.remind_maturing",
            prepare=maturing,
            order=35,
        ),
    )
    reminders.register(
        KIND,
        Reminding(
            label=_("A fund that takes less"),
            text="products.remind_cheaper",
            prepare=cheaper_funds,
            order=100,
            is_offer=True,
            told=was_shown,
        ),
    )


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


def _facts(own: Any, other: Any, mine: Fund, first: Fund) -> dict[str, Any]:
    return {
        "name": _name(own),
        "other": _name(other),
        "rate": in_each_language(lambda: formats.rate(mine.yearly)),
        "less": in_each_language(lambda: formats.rate(first.yearly)),
    }


def _name(product: Any) -> dict[str, str]:
    return {"zh-hans": product.item.name_zh, "en": product.item.name_en}
