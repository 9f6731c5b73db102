"""The shelf: what is for sale today, for everybody and for one customer.

A customer's shelf is matched in memory: products with their grades in one query, the customer's
facts in two, the matrix in one. However many products, the number of queries stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from brokerage.customers.models import Customer
from products.models import Product
from suitability.rules import matching
from suitability.rules.grades import Grade
from suitability.rules.matching import InvestorFacts, ItemFacts, MatchingRules, MatchOutcome
from suitability.selectors.investor import investor_of
from suitability.selectors.rules import matching_rules_on

PAGE = 24


@dataclass(frozen=True)
class Wish:
    """What somebody looks for; empty parts count as anything."""

    family: str = ""
    grade: str = ""
    query: str = ""
    after: str = ""

    @property
    def filtered(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.family or self.grade or self.query)


@dataclass(frozen=True)
class Page:
    """Some products, the code after which the next ones stand, and how many fit altogether."""

    products: list[Any]
    more: str
    number: int | None = None


@dataclass(frozen=True)
class Matcher:
    """What a customer's opinions rest on; asked once, then in memory."""

    investor: InvestorFacts
    rules: MatchingRules
    on: date

    def opinions(self, products: Sequence[Any]) -> list[matching.MatchDecision]:
        """One opinion a product, in their order; `grade` has to be annotated."""
        items = [facts_of(each) for each in products]
        return matching.match_many(self.investor, items, self.rules, on=self.on)


def matcher_of(customer: Customer, on: date) -> Matcher:
    """Three queries, for a professional investor without an assessment four."""
    return Matcher(investor_of(customer, on), matching_rules_on(on), on)


def facts_of(product: Any) -> ItemFacts:
    """What matching reads of a product of `for_sale`."""
    item = product.item
    return ItemFacts(
        key=str(item.ref),
        grade=Grade(product.grade),
        months=item.months,
        type=item.type,
        requirements=tuple(item.requirements),
    )


def wished(on: date, wish: Wish) -> Any:
    """What is for sale and fits a wish, in the order of codes."""
    rows: Any = Product.objects.for_sale(on).select_related("item", "issuer")
    rows = rows.order_by("item__code")
    if wish.family:
        rows = rows.filter(family=wish.family)
    if wish.grade:
        rows = rows.filter(grade=wish.grade)
    if wish.query:
        named = Q(item__name_zh__icontains=wish.query) | Q(item__name_en__icontains=wish.query)
        rows = rows.filter(named | Q(item__code__iexact=wish.query))
    return rows


def open_shelf(on: date, wish: Wish) -> Page:
    """A page of what everybody may see; one query."""
    rows = wished(on, wish).openly()
    if wish.after:
        rows = rows.filter(item__code__gt=wish.after)
    found = list(rows[: PAGE + 1])
    return Page(found[:PAGE], found[PAGE - 1].item.code if len(found) > PAGE else "")


def own_shelf(matcher: Matcher, wish: Wish) -> Page:
    """A page of what suits this customer.

    Whoever searches by name gets also what does not suit, marked as such: that is no suggestion.
    Private funds show to professional investors alone, and only where they suit.
    """
    rows = list(wished(matcher.on, wish))
    professional = matching.is_professional(matcher.investor, matcher.on)
    fitting = []
    for row, opinion in zip(rows, matcher.opinions(rows), strict=True):
        row.suits = opinion.outcome is MatchOutcome.MATCH
        known = row.on_open_shelf or (professional and row.suits)
        if known and (row.suits or wish.query):
            fitting.append(row)
    ahead = [row for row in fitting if row.item.code > wish.after]
    more = ahead[PAGE - 1].item.code if len(ahead) > PAGE else ""
    return Page(ahead[:PAGE], more, len(fitting))
