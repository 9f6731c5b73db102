"""Put funds in the basket, choose amounts, take them out: under the lock of the customer's row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from brokerage.core.clock import business_date
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from products.basket_events import (
    BasketAmountChanged,
    BasketEnded,
    BasketItemAgreed,
    BasketItemEvent,
    PutInBasket,
    TakenOutOfBasket,
)
from products.basket_states import BasketStatus
from products.dated import basket_most_on
from products.models import Basket, BasketItem, Product, Terms
from products.selectors.orders import decision_for
from products.use_cases.basket_checks import changed_since, is_match
from products.use_cases.order_checks import (
    LookAgain,
    UnableToOrder,
    look_at_purchase,
    terms_for_sale,
)
from suitability.models import MatchRecord
from suitability.use_cases.duties import grade_of
from suitability.use_cases.matching import UnableToMatch


def put_in_basket(
    *,
    customer: Customer,
    product: Product,
    amount: Decimal,
    language: str,
    actor: Actor,
    at: datetime,
) -> BasketItem:
    """Put a fund in the basket; one that waits there already gets the new amount.

    Refused is what would be refused as an order now, and what does not suit: that is bought on
    its own, by the insist route.

    Args:
        amount: yuan, the fee included.
        language: in which the customer reads the match that is kept.

    Raises:
        UnableToOrder: with the field where it belongs to one.
    """
    terms = look_at_purchase(customer, product, amount, business_date(at))
    decision = _suiting(customer, product, language, actor, at)
    with transaction.atomic():
        basket = _open_basket(customer, at)
        item = basket.items.filter(product=product, order=None).first()
        if item is None:
            _require_room(basket, at)
            item = BasketItem(basket=basket, product=product, put_in_at=at)
        elif item.amount == amount and not changed_since(item, grade_of(decision), terms):
            return item  # the same tap twice
        item.amount, item.decision, item.terms = amount, decision, terms
        item.save()
        _tell(PutInBasket, item, actor, at, decision=decision.ref, terms=terms.ref)
        touch(basket, at)
    return item


def change_basket(
    *,
    basket: Basket,
    version: int,
    amounts: Mapping[UUID, Decimal],
    actor: Actor,
    at: datetime,
    out: UUID | None = None,
) -> None:
    """Choose other amounts, and take one fund out; all of it or nothing.

    An amount that does not fit its fund today is kept: the basket says so beside it.

    Args:
        version: of the basket that the customer looked at.
        amounts: yuan by ref of the item.
        out: ref of the item that is taken out.

    Raises:
        LookAgain: the basket was changed from elsewhere meanwhile.
    """
    with transaction.atomic():
        found = _same_basket(basket, version)
        items = {item.ref: item for item in found.items.filter(order=None)}
        changed = [
            items[ref]
            for ref, amount in amounts.items()
            if ref in items and ref != out and items[ref].amount != amount
        ]
        for item in changed:
            item.amount = amounts[item.ref]
            item.save(update_fields=["amount"])
            _tell(BasketAmountChanged, item, actor, at)
        if out in items:
            _take_out(items[out], actor, at)
        if changed or out in items:
            touch(found, at)
            end_if_empty(found, actor, at)


def empty_basket(*, basket: Basket, version: int, actor: Actor, at: datetime) -> None:
    """Take everything out that waits.

    Raises:
        LookAgain: the basket was changed from elsewhere meanwhile.
    """
    with transaction.atomic():
        found = _same_basket(basket, version)
        for item in found.items.filter(order=None).order_by("pk"):
            _take_out(item, actor, at)
        touch(found, at)
        end_if_empty(found, actor, at)


def agree_anew(*, item: BasketItem, language: str, actor: Actor, at: datetime) -> None:
    """The customer has looked at grade, match and terms as they are now, and keeps the fund.

    It is matched again, and the new match is kept.

    Raises:
        UnableToOrder: it is not for sale, does not suit any more, or waits no more.
    """
    customer = item.basket.customer
    decision = _suiting(customer, item.product, language, actor, at)
    with transaction.atomic():
        lock(customer)
        found = BasketItem.objects.waiting().filter(pk=item.pk).first()
        if found is None:
            raise UnableToOrder(_("It is not in your basket any more."))
        terms: Terms = terms_for_sale(item.product, business_date(at))
        found.decision, found.terms = decision, terms
        found.save(update_fields=["decision", "terms"])
        _tell(BasketItemAgreed, found, actor, at, decision=decision.ref, terms=terms.ref)
        touch(found.basket, at)


def lock(customer: Customer) -> None:
    """Hold whatever else would change this customer's basket or place an order."""
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)


def touch(basket: Basket, at: datetime) -> None:
    """Count a change of a locked basket, so that another page or device notices."""
    basket.version += 1
    basket.changed_at = at
    basket.save(update_fields=["version", "changed_at"])


def end_if_empty(basket: Basket, actor: Actor, at: datetime) -> None:
    """End a locked basket in which nothing waits: ordered where anything was, else emptied."""
    if basket.items.filter(order=None).exists():
        return
    ordered = basket.items.exists()
    basket.move_to(BasketStatus.ORDERED if ordered else BasketStatus.EMPTIED)
    basket.ended_at = at
    basket.save(update_fields=["status", "ended_at"])
    event = BasketEnded(subject=basket.ref, customer=basket.customer.ref, status=basket.status)
    record(event, actor=actor, at=at)


def _suiting(
    customer: Customer, product: Product, language: str, actor: Actor, at: datetime
) -> MatchRecord:
    """Today's kept match that says yes; what does not suit never enters a basket."""
    try:
        decision = decision_for(customer, product, language=language, actor=actor, at=at)
    except UnableToMatch as error:
        raise UnableToOrder(str(error)) from error
    if not is_match(decision):
        raise UnableToOrder(_("This does not suit you, so it is not put in the basket."))
    return decision


def _open_basket(customer: Customer, at: datetime) -> Basket:
    lock(customer)
    rows = Basket.objects.filter(customer=customer, status=BasketStatus.OPEN)
    return rows.first() or Basket.objects.create(customer=customer, opened_at=at, changed_at=at)


def _same_basket(basket: Basket, version: int) -> Basket:
    lock(basket.customer)
    found = Basket.objects.select_related("customer").get(pk=basket.pk)
    if found.version != version or found.status != BasketStatus.OPEN:
        raise LookAgain(
            _("Your basket was changed from another page or device. This is how it is now.")
        )
    return found


def _require_room(basket: Basket, at: datetime) -> None:
    most = basket_most_on(business_date(at))
    if basket.items.filter(order=None).count() >= most:
        said = ngettext(
            "A basket takes {n} fund. Order what is in it, or take it out.",
            "A basket takes {n} funds. Order what is in it, or take something out.",
            most,
        )
        raise UnableToOrder(said.format(n=most))


def _take_out(item: BasketItem, actor: Actor, at: datetime) -> None:
    _tell(TakenOutOfBasket, item, actor, at)
    item.delete()


def _tell(
    event: type[BasketItemEvent], item: BasketItem, actor: Actor, at: datetime, **more: Any
) -> None:
    told = event(
        subject=item.basket.ref,
        customer=item.basket.customer.ref,
        item=item.ref,
        product=item.product.ref,
        **more,
    )
    record(told, actor=actor, at=at)
