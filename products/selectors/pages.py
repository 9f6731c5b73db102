"""What the page of one product tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from brokerage.core.display import charts, formats
from brokerage.customers.models import Customer
from brokerage.files.states import Status
from products.models import DailyValue, Document, Holding, Order, Product, Terms
from products.rules.values import Past, Value, past, thinned
from products.selectors.shelf import Matcher, facts_of, may_be_shown
from products.selectors.sold import sold_online
from suitability.explaining import LegLine, fact_words, leg_lines
from suitability.rules import matching
from suitability.rules.matching import MatchDecision, MatchInputs, MatchOutcome
from suitability.wording import sentences

NEAREST = 3
YEARS = 3


@dataclass(frozen=True)
class Opinion:
    """Whether a product suits a customer, in words."""

    suits: bool
    outcome: str
    legs: list[LegLine]
    reasons: list[str]


@dataclass(frozen=True)
class Mine:
    """What a customer has of a product that is not for sale now."""

    product: Any
    suspended: bool
    held: Decimal
    free: Decimal
    orders: list[Order]


@dataclass(frozen=True)
class History:
    """Daily values as charts."""

    points: list[charts.Point]
    benchmark: list[charts.Point]
    past: Past


def product_for(code: str, on: date, matcher: Matcher | None) -> Any:
    """The product for sale with this code, if this person may see it; else DoesNotExist.

    Args:
        matcher: of the customer who asks; None for everybody else.
    """
    if "\x00" in code:  # the database takes no such text
        raise Product.DoesNotExist
    rows = Product.objects.for_sale(on).select_related("item", "issuer")
    product = rows.get(item__code=code)
    if not product.on_open_shelf and not (
        matcher and _suits(matcher, product) and may_be_shown(matcher, product.item.requirements)
    ):
        raise Product.DoesNotExist
    return product


def name_of(ref: UUID) -> str:
    """The name of the product with this ref, such as of what a visit is about; else empty."""
    found = Product.objects.select_related("item").filter(ref=ref).first()
    return str(found) if found else ""


def mine_of(code: str, customer: Customer) -> Mine | None:
    """A product as its holder sees it while it is not for sale; None for everybody else."""
    if "\x00" in code:
        return None
    product = Product.objects.select_related("item", "issuer").filter(item__code=code).first()
    if product is None:
        return None
    held = Holding.objects.filter(customer=customer, product=product, units__gt=0).first()
    rows = Order.objects.of(customer).open().filter(product=product)
    orders = list(rows.select_related("product__item"))
    if held is None and not orders:
        return None
    return Mine(
        product=product,
        suspended=product.suspensions.filter(ended_at=None).exists(),
        held=held.units if held else Decimal(0),
        free=held.units - held.reserved if held else Decimal(0),
        orders=orders,
    )


def terms_on(product: Product, on: date) -> Terms:
    """The approved terms of a day; raises Terms.DoesNotExist."""
    found: Terms = Terms.objects.approved().on(on).select_related("unit").get(product=product)
    return found


def opinion_of(matcher: Matcher, product: Any) -> Opinion:
    """The match of one product in words."""
    item = facts_of(product)
    inputs = MatchInputs(
        rules=matcher.rules.version,
        investor=matcher.investor_for([item.requirements]),
        item=item,
        on=matcher.on,
    )
    found: MatchDecision = matching.match(inputs, matcher.rules)
    return Opinion(
        suits=found.outcome is MatchOutcome.MATCH,
        outcome=found.outcome.value,
        legs=leg_lines(inputs, found),
        reasons=sentences(found.reasons, fact_words()),
    )


def near_of(matcher: Matcher, product: Any) -> list[Any]:
    """What is close to a product, suits, and can be bought on the portal by this customer.

    Returns:
        The nearest first; nothing where the product suits itself. To show them is an exposure.
    """
    if _suits(matcher, product):
        return []
    rows = Product.objects.for_sale(matcher.on).openly().select_related("item", "issuer")
    sold, home = sold_online(matcher.on), matcher.customer.home_outlet_ref
    by_key = {str(row.item.ref): row for row in rows if sold.to(row.pk, home)}
    shelf = [facts_of(row) for row in by_key.values()]
    investor = matcher.investor_for(each.requirements for each in shelf)
    near = matching.alternatives(
        facts_of(product), shelf, investor, matcher.rules, on=matcher.on, limit=NEAREST
    )
    return [by_key[each.key] for each in near]


def history_of(product: Product, on: date) -> History | None:
    """The values of the last years, thinned for drawing; None before there are two."""
    start = date(on.year - YEARS, on.month, 1)
    rows = DailyValue.objects.filter(product=product, day__gte=start, day__lte=on).order_by("day")
    values = [Value(*row) for row in rows.values_list("day", "value", "benchmark")]
    found = past(values)
    if found is None:
        return None
    drawn = thinned(values)
    points = [_point(each.day, each.value) for each in drawn]
    return History(points, _beside(drawn), found)


def documents_of(product: Product) -> list[Document]:
    """The newest checked version of each paper in each language."""
    return documents_by_product([product.pk])[product.pk]


def documents_by_product(keys: Sequence[int]) -> dict[int, list[Document]]:
    """The newest checked version of each paper in each language, of each product; one query."""
    rows = Document.objects.filter(product__in=keys, file__status=Status.CHECKED)
    newest = rows.order_by("product", "kind", "language", "-version")
    found: dict[int, list[Document]] = {key: [] for key in keys}
    for row in newest.distinct("product", "kind", "language"):
        found[row.product_id].append(row)
    return found


def _beside(values: Sequence[Value]) -> list[charts.Point]:
    """The benchmark brought to the scale of the product's first value."""
    first = values[0]
    if any(each.benchmark is None for each in values):
        return []
    assert first.benchmark is not None
    share = first.value / first.benchmark
    return [_point(each.day, each.benchmark * share) for each in values if each.benchmark]


def _point(day: date, value: Any) -> charts.Point:
    return charts.Point(formats.day(day, year=True), value, formats.number(value, 4))


def _suits(matcher: Matcher, product: Any) -> bool:
    return matcher.opinions([product])[0].outcome is MatchOutcome.MATCH
