"""Order a private fund whose contract binds; from then on it is carried like every other order."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from brokerage.core.locking import lock_row
from brokerage.journal.record import record
from products.events import OrderPlaced
from products.models import Order, PrivateContract
from products.private_states import PrivateStatus
from products.states import OrderStatus, Side
from products.use_cases.carrying import WORKER
from products.use_cases.order_checks import day_of


@transaction.atomic
def order_fund(*, contract: PrivateContract, at: datetime) -> Order | None:
    """Order what a binding contract is for, with the money that was taken for it.

    The order has the ref of its contract: the keeper of the cash accounts knows the payment by it,
    so that what the fund does not take goes back. Quota and limits were looked at when the
    contract was signed, and nothing of what has changed since undoes a contract that binds.

    Returns:
        The order, the same one when asked again; None where the contract does not bind.
    """
    row = lock_row(PrivateContract, contract.pk, "customer", "product", "terms", "order")
    if row.status != PrivateStatus.BINDING or row.order is not None:
        return row.order
    made = Order.objects.create(
        ref=row.ref,
        customer=row.customer,
        product=row.product,
        terms=row.terms,
        company=row.company,
        outlet=row.outlet,
        decision=row.decision,
        key=row.ref,
        side=Side.SUBSCRIBE,
        status=OrderStatus.PAID,
        amount=row.amount,
        dealing_day=day_of(row.terms, at),
        placed_at=at,
        paid_at=row.paid_at,
    )
    row.order = made
    row.save(update_fields=["order"])
    event = OrderPlaced(
        subject=made.ref,
        customer=row.customer.ref,
        product=row.product.ref,
        side=made.side,
        day=made.dealing_day,
    )
    record(event, actor=WORKER, at=at)
    return made
