"""The shelf: what is for sale today, for everybody and for one customer.

A customer's shelf is matched in memory: products with their grades in one query, the customer's
facts in two, the matrix in one. However many products, the number of queries stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q

from brokerage.core.display.languages import reads_english
from brokerage.customers.models import Customer
from products.models import Product
from products.selectors.entry import entries_met
from products.states import Family
from suitability.models import GradeChoice
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


class Line(NamedTuple):
    """What the shelf reads of a product; no model, because it reads hundreds to show a page."""

    code: str
    name_zh: str
    name_en: str
    family: str
    issuer_zh: str
    issuer_en: str
    on_open_shelf: bool
    grade: str
    least: Decimal
    months: int
    type: str
    requirements: list[str]


COLUMNS = (
    "item__code",
    "item__name_zh",
    "item__name_en",
    "family",
    "issuer__name_zh",
    "issuer__name_en",
    "on_open_shelf",
    "grade",
    "least",
    "item__months",
    "item__type",
    "item__requirements",
)
"""Where a `Line` comes from, in its order."""


@dataclass(frozen=True, kw_only=True)
class Card:
    """One product on the shelf, in the reader's language; `suits` is None where nobody asked."""

    code: str
    name: str
    family: str
    issuer: str
    grade: str
    least: Decimal
    suits: bool | None


@dataclass(frozen=True)
class Page:
    """Some products, the code after which the next ones stand, and how many fit altogether."""

    products: list[Card]
    more: str
    number: int | None = None


@dataclass(frozen=True)
class Matcher:
    """What a customer's opinions rest on; asked once, then in memory.

    Entry requirements are looked up where a product has some, each key once.
    """

    investor: InvestorFacts
    rules: MatchingRules
    on: date
    customer: Customer
    known: dict[str, bool] = field(default_factory=dict, compare=False)

    def investor_for(self, requirements: Iterable[Sequence[str]]) -> InvestorFacts:
        """The investor with those of these entry requirements that are proved.

        Args:
            requirements: of each product.
        """
        asked = {key for each in requirements for key in each}
        if new := asked - self.known.keys():
            met = entries_met(self.customer, self.on, new, investor=self.investor)
            self.known.update({key: key in met for key in new})
        proved = frozenset(key for key in asked if self.known[key])
        return replace(self.investor, met=proved) if proved else self.investor

    def opinions(self, products: Sequence[Any]) -> list[matching.MatchDecision]:
        """One opinion a product, in their order; `grade` has to be annotated."""
        items = [facts_of(each) for each in products]
        investor = self.investor_for(each.requirements for each in items)
        return matching.match_many(investor, items, self.rules, on=self.on)

    def suited(self, lines: Sequence[Line]) -> list[bool]:
        """Whether each suits; those that are alike in all that matching reads are asked once."""
        keys = [(one.grade, one.months, one.type, tuple(one.requirements)) for one in lines]
        distinct = list(dict.fromkeys(keys))
        items = [
            ItemFacts(
                key=str(number), grade=Grade(grade), months=months, type=kind, requirements=needs
            )
            for number, (grade, months, kind, needs) in enumerate(distinct)
        ]
        investor = self.investor_for(one.requirements for one in items)
        opinions = matching.match_many(investor, items, self.rules, on=self.on)
        known = {
            key: opinion.outcome is MatchOutcome.MATCH
            for key, opinion in zip(distinct, opinions, strict=True)
        }
        return [known[key] for key in keys]


def matcher_of(customer: Customer, on: date) -> Matcher:
    """Three queries, for a professional investor without an assessment four."""
    return Matcher(investor_of(customer, on), matching_rules_on(on), on, customer)


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
    found = [Line(*row) for row in rows.values_list(*COLUMNS)[: PAGE + 1]]
    more = found[PAGE - 1].code if len(found) > PAGE else ""
    return Page([_card(line) for line in found[:PAGE]], more)


def own_shelf(matcher: Matcher, wish: Wish) -> Page:
    """A page of what suits this customer.

    Whoever searches by name gets also what does not suit, marked as such: that is no suggestion.
    What is not open shows to professional and to proved qualified investors alone, and only
    where it suits.
    """
    lines = [Line(*row) for row in wished(matcher.on, wish).values_list(*COLUMNS)]
    fitting = [
        (line, suits)
        for line, suits in zip(lines, matcher.suited(lines), strict=True)
        if (line.on_open_shelf or (suits and may_be_shown(matcher, line.requirements)))
        and (suits or wish.query)
    ]
    ahead = [pair for pair in fitting if pair[0].code > wish.after]
    more = ahead[PAGE - 1][0].code if len(ahead) > PAGE else ""
    return Page([_card(line, suits) for line, suits in ahead[:PAGE]], more, len(fitting))


def may_be_shown(matcher: Matcher, requirements: Sequence[str]) -> bool:
    """Whether what stands on no open shelf may be shown to this customer, where it suits.

    Args:
        requirements: of the product; whoever proved one of them was identified beforehand.
    """
    if matching.is_professional(matcher.investor, matcher.on):
        return True
    return bool(matcher.investor_for([requirements]).met)


def _card(line: Line, suits: bool | None = None) -> Card:
    english = reads_english()
    return Card(
        code=line.code,
        name=line.name_en if english else line.name_zh,
        family=str(Family(line.family).label),
        issuer=line.issuer_en if english else line.issuer_zh,
        grade=str(GradeChoice(line.grade).label),
        least=line.least,
        suits=suits,
    )
