"""What holds for each fund in a basket now, in words: asked for all at once; writes nothing.

The questions are those of a single order (`order_checks`), which is asked them once more when it
is placed; here they are answered from rows that are read once, however many funds there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from accounts.life.states import Ability
from branches.models import OrgUnit
from brokerage.core.clock import business_date
from brokerage.core.display import formats
from brokerage.customers.models import Customer
from products.models import Basket, BasketItem, Product, Quota, Terms
from products.rules.basket import Together, together
from products.rules.costs import Bill, bill
from products.selectors.exposure import committed_by
from products.selectors.shelf import matcher_of
from products.states import Channel
from products.use_cases.order_checks import (
    UnableToOrder,
    check_amount,
    check_limit,
    check_unit,
    day_of,
    place_of,
    require_able,
    require_for_sale,
)
from suitability.models import GradeChoice, MatchRecord
from suitability.rules.matching import Duty, MatchDecision, MatchOutcome
from suitability.use_cases.duties import Told, grade_of, told_to


class Hurdle(StrEnum):
    """What stands between a fund in a basket and its order; each has another next step."""

    CLOSED = "closed"  # not for sale, or not to this customer: wait, or take it out
    UNSUITED = "unsuited"  # does not suit any more: only on its own, by the insist route
    CHANGED = "changed"  # grade or terms are others than were told: look, and agree again
    UNTOLD = "untold"  # something has to be read before
    AMOUNT = "amount"  # the amount does not fit: choose another one


@dataclass(frozen=True, kw_only=True)
class Line:
    """One fund in a basket as it stands now.

    Attributes:
        terms: on which it is sold today; None where it is not for sale.
        grade: of risk today, in words; where it has none, the one that was told.
        bill: what the amount costs on these terms.
        day: the trading day that it would count for.
        hurdle: what is in the way; None where it can be ordered.
        said: the hurdle in words.
    """

    item: BasketItem
    terms: Terms | None
    grade: str
    bill: Bill | None
    day: date | None
    hurdle: Hurdle | None
    said: str


@dataclass(frozen=True)
class Inside:
    """What is in a basket now.

    Attributes:
        lines: in the order they were put in.
        blocked: what keeps this customer from buying anything, in words; else empty.
    """

    lines: Sequence[Line]
    blocked: str = ""

    @property
    def ready(self) -> list[Line]:
        """What can be ordered now."""
        return [] if self.blocked else [each for each in self.lines if each.hurdle is None]

    @property
    def sums(self) -> Together:
        """What all that can be ordered comes to."""
        return together(each.bill for each in self.ready if each.bill)


class Met(Exception):
    """A hurdle was met; the message is translated."""

    def __init__(self, hurdle: Hurdle, message: str) -> None:
        super().__init__(message)
        self.hurdle = hurdle


def look_into(basket: Basket | None, at: datetime) -> Inside:
    """Every fund that waits in a basket, looked at now; as many queries for one as for fifty."""
    if basket is None:
        return Inside([])
    wanted = ["product__item", "decision", "terms"]
    items = list(BasketItem.objects.waiting().filter(basket=basket).select_related(*wanted))
    if not items:
        return Inside([])
    facts = _facts(basket.customer, items, at)
    return Inside([_line(item, facts) for item in items], facts.blocked)


def changed_since(item: BasketItem, grade: str, terms: Terms) -> str:
    """What is other than the customer was told of a fund, in words; empty where nothing is.

    Args:
        grade: of today, such as R3.
        terms: of today.
    """
    told = grade_of(item.decision)
    if told != grade:
        said = _("Its grade of risk was {old} when you put it in, and is {new} now.")
        return said.format(old=GradeChoice(told).label, new=GradeChoice(grade).label)
    if item.terms_id != terms.pk:
        said = _("It is sold on other terms since {day}: look at what it costs now.")
        return said.format(day=formats.day(terms.valid_from))
    return ""


@dataclass(frozen=True, kw_only=True)
class _Facts:
    """All that the lines of one basket rest on, by key of the product."""

    customer: Customer
    at: datetime
    products: Mapping[int, Any]
    terms: Mapping[int, Terms]
    left: Mapping[int, Decimal]
    have: Mapping[int, Decimal]
    opinions: Mapping[int, MatchDecision]
    told: Told
    days: Mapping[time, date]
    units: frozenset[int]
    blocked: str


def _facts(customer: Customer, items: Sequence[BasketItem], at: datetime) -> _Facts:
    today, keys = business_date(at), [item.product_id for item in items]
    rows = Product.objects.for_sale(today).filter(pk__in=keys).select_related("item")
    products = {row.pk: row for row in rows}
    terms = Terms.objects.approved().on(today).filter(product__in=list(products))
    by_product = {row.product_id: row for row in terms.select_related("unit")}
    matcher = matcher_of(customer, today)
    opinions = matcher.opinions(list(products.values()))
    blocked, units = _place(customer, today)
    return _Facts(
        customer=customer,
        at=at,
        products=products,
        terms=by_product,
        left=_left(list(by_product.values())),
        have={key: sum_ for (_who, key), sum_ in committed_by([customer.pk], keys).items()},
        opinions=dict(zip(products, opinions, strict=True)),
        told=told_to(customer.pk, today, items=[item.product.item_id for item in items]),
        days=_days(by_product.values(), at),
        units=units,
        blocked=blocked,
    )


def _left(terms: Sequence[Terms]) -> dict[int, Decimal]:
    """What is left of quotas, by key of the product; one query."""
    by_key = {row.pk: row for row in terms}
    left = {row.product_id: row.quota for row in terms if row.quota is not None}
    for row in Quota.objects.filter(terms__in=list(by_key)):
        left[by_key[row.terms_id].product_id] = row.total - row.taken
    return left


def _days(terms: Any, at: datetime) -> dict[time, date]:
    """The dealing day by cut-off; most funds share one."""
    by_cut_off = {each.cut_off: each for each in terms}
    return {cut_off: day_of(row, at) for cut_off, row in by_cut_off.items()}


def _place(customer: Customer, today: date) -> tuple[str, frozenset[int]]:
    """Why this customer can buy nothing, and the units that their outlet is inside of."""
    try:
        require_able(customer, Ability.BUY)
        outlet = place_of(customer, today).outlet
    except UnableToOrder as refusal:
        return str(refusal), frozenset()
    above = OrgUnit.objects.above(outlet, today).values_list("pk", flat=True)
    return "", frozenset({outlet.pk, *above})


def _line(item: BasketItem, facts: _Facts) -> Line:
    product, terms = facts.products.get(item.product_id), facts.terms.get(item.product_id)
    hurdle, said = None, ""
    try:
        _require(item, facts)
    except Met as met:
        hurdle, said = met.hurdle, str(met)
    grade = product.grade if product else grade_of(item.decision)
    return Line(
        item=item,
        terms=terms,
        grade=str(GradeChoice(grade).label),
        bill=bill(terms.table, item.amount) if terms else None,
        day=facts.days[terms.cut_off] if terms else None,
        hurdle=hurdle,
        said=said,
    )


def _require(item: BasketItem, facts: _Facts) -> None:
    """In the order of `placing.subscribe`; raises Met at the first hurdle."""
    key = item.product_id
    try:
        terms = require_for_sale(item.product, facts.terms.get(key), Channel.ONLINE)
        if not facts.blocked:
            check_unit(terms, inside=terms.unit_id in facts.units)
    except UnableToOrder as refusal:
        raise Met(Hurdle.CLOSED, str(refusal)) from None
    opinion, grade = facts.opinions[key], facts.products[key].grade
    if opinion.outcome is not MatchOutcome.MATCH:
        raise Met(Hurdle.UNSUITED, _("It does not suit you any more, so it is not ordered here."))
    if said := changed_since(item, grade, terms):
        raise Met(Hurdle.CHANGED, said)
    if Duty.DISCLOSE in opinion.duties and not _was_told(item.product, opinion, grade, facts):
        raise Met(Hurdle.UNTOLD, _("First read what we have to tell you before you buy."))
    try:
        check_limit(terms, item.amount, facts.have.get(key, Decimal(0)))
        check_amount(terms, item.amount, facts.left.get(key))
    except UnableToOrder as refusal:
        raise Met(Hurdle.AMOUNT, str(refusal)) from None


def _was_told(product: Product, opinion: MatchDecision, grade: str, facts: _Facts) -> bool:
    row = facts.told.before(
        item=product.item_id,
        outcome=opinion.outcome.value,
        grade=grade,
        duties=opinion.duties,
    )
    return row is not None


def is_match(decision: MatchRecord) -> bool:
    """Whether a kept decision says that it suits: all that a basket takes."""
    return bool(decision.outcome == MatchOutcome.MATCH.value)
