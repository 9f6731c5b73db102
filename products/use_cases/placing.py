"""Place an order: everything is looked at once more, under the lock of the product."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.life.states import Ability
from branches.models import OrgUnit
from brokerage.core import clock
from brokerage.core.display import formats
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from products.events import OrderPlaced
from products.models import Holding, Order, Product
from products.rules.dealing import Wrong
from products.states import Side
from products.use_cases.order_checks import (
    SAID,
    LookAgain,
    UnableToOrder,
    channel_of,
    check_units,
    day_of,
    place_of_sale,
    require_able,
    require_same_opinion,
    require_sold_to,
    require_within_limit,
    terms_for_sale,
    terms_of_sale,
)
from products.use_cases.quotas import take_of_quota
from suitability.models import MatchRecord
from suitability.use_cases.duties import NothingToSell, require_told


@transaction.atomic
def subscribe(
    *,
    customer: Customer,
    product: Product,
    amount: Decimal,
    decision: MatchRecord,
    day: date,
    key: UUID,
    actor: Actor,
    at: datetime,
    counter: OrgUnit | None = None,
) -> Order:
    """Order a public fund for an amount.

    Args:
        amount: yuan, the fee included.
        decision: the match that the customer saw, of today.
        day: the dealing day that the customer was told.
        key: of this order; the same key again returns the same order.
        counter: the outlet where it was taken down, if the customer did not order on the portal.

    Raises:
        UnableToOrder: with the field where it belongs to one.
        LookAgain: grade, opinion or dealing day are others than were shown.
        DutyOpen: something has to be told before (`suitability.use_cases.duties`).
    """
    if found := _same(customer, key, Side.SUBSCRIBE, product, amount):
        return found
    Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    today = clock.business_date(at)
    terms = terms_for_sale(product, today, channel_of(counter))
    place = require_sold_to(customer, terms, today, counter)
    require_same_opinion(decision, product, today)
    if day_of(terms, at) != day:
        raise LookAgain(_("The time for that day has passed. It would count for the next one."))
    try:
        require_told(decision=decision, at=at)
    except NothingToSell as error:
        raise LookAgain(str(error)) from error
    require_within_limit(customer, product, terms, amount)
    take_of_quota(terms, amount)
    return _placed(
        Order(
            customer=customer,
            product=product,
            terms=terms,
            company=place.company,
            outlet=place.outlet,
            decision=decision,
            key=key,
            side=Side.SUBSCRIBE,
            amount=amount,
            dealing_day=day,
            placed_at=at,
        ),
        actor,
        at,
    )


@transaction.atomic
def redeem(
    *,
    customer: Customer,
    product: Product,
    units: Decimal,
    key: UUID,
    actor: Actor,
    at: datetime,
    day: date | None = None,
) -> Order:
    """Sell units of a fund; neither matching nor a suspension stands in the way.

    Args:
        units: at most what the customer holds and has not offered for sale already.
        key: of this order; the same key again returns the same order.
        day: the dealing day that the customer was told; None where none was told.

    Raises:
        UnableToOrder: with the field where it belongs to one.
        LookAgain: it would count for another day.
    """
    if found := _same(customer, key, Side.REDEEM, product, units):
        return found
    today = clock.business_date(at)
    require_able(customer, Ability.SELL)
    held = Holding.objects.select_for_update().filter(customer=customer, product=product).first()
    if held is None:
        raise UnableToOrder(str(SAID[Wrong.TOO_MUCH]).format(free=formats.number(0, 2)), "units")
    check_units(held, units)
    held.reserved += units
    held.save(update_fields=["reserved"])
    terms = terms_of_sale(product, today)
    if day is not None and day_of(terms, at) != day:
        raise LookAgain(_("The time for that day has passed. It would count for the next one."))
    place = place_of_sale(customer, product, today)
    return _placed(
        Order(
            customer=customer,
            product=product,
            terms=terms,
            company=place.company,
            outlet=place.outlet,
            key=key,
            side=Side.REDEEM,
            units=units,
            dealing_day=day_of(terms, at),
            placed_at=at,
        ),
        actor,
        at,
    )


def _same(
    customer: Customer, key: UUID, side: Side, product: Product, measure: Decimal
) -> Order | None:
    """The order that was placed with this key already.

    Raises:
        UnableToOrder: the key stands for another order.
    """
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    found = Order.objects.filter(customer=customer, key=key).first()
    if found is None:
        return None
    asked = found.amount if side is Side.SUBSCRIBE else found.units
    if (found.side, found.product_id, asked) != (side, product.pk, measure):
        raise UnableToOrder(_("This page was used for an order already. Begin anew."))
    return found


def _placed(order: Order, actor: Actor, at: datetime) -> Order:
    from products.tasks import carry_on  # tasks call use cases

    order.save()
    event = OrderPlaced(
        subject=order.ref,
        customer=order.customer.ref,
        product=order.product.ref,
        side=order.side,
        day=order.dealing_day,
    )
    record(event, actor=actor, at=at)
    carry_on.defer(ref=str(order.ref))
    return order
