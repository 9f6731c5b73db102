"""Baskets for tests, filled through the use case."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from products.models import Basket, BasketItem, Product
from products.selectors.basket import open_basket
from products.use_cases.basket_checks import look_into
from products.use_cases.filling_basket import put_in_basket
from products.use_cases.ordering_basket import Outcome, Seen, order_basket
from tests.products.factories import a_product, a_told_decision, matched
from tests.suitability.factories import ACTOR, AT


def put_in(
    buyer: Any, product: Product | None = None, amount: str = "1000", *, at: datetime = AT
) -> BasketItem:
    """A fund in the basket of a buyer who was told all that is owed before."""
    found = product or a_product("R2")
    a_told_decision(buyer, found, at=at)
    return put_in_basket(
        customer=buyer,
        product=found,
        amount=Decimal(amount),
        language="en",
        actor=ACTOR,
        at=at,
    )


def a_bare_basket(customer: Any) -> Basket:
    """An open basket with a fund, made without the way there, on whichever match there is."""
    product = a_product("R2")
    basket = Basket.objects.create(customer=customer, opened_at=AT, changed_at=AT)
    BasketItem.objects.create(
        basket=basket,
        product=product,
        amount=Decimal(1000),
        decision=customer.match_records.first() or matched(customer, product),
        terms=product.terms.get(),
        put_in_at=AT,
    )
    return basket


def basket_of(buyer: Any) -> Basket:
    """The open basket, read anew."""
    found = open_basket(buyer)
    assert found is not None
    return found


def seen_by(buyer: Any, at: datetime = AT) -> list[Seen]:
    """What the page before the order shows of what can be ordered."""
    return [Seen.of(line) for line in look_into(open_basket(buyer), at).ready]


def order_all(buyer: Any, seen: list[Seen] | None = None, *, at: datetime = AT) -> Outcome:
    """Say yes to what was seen."""
    asked = seen_by(buyer, at) if seen is None else seen
    return order_basket(customer=buyer, seen=asked, language="en", actor=ACTOR, at=at)
