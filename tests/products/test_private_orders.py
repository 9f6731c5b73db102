"""A private fund that binds is ordered, sent, confirmed and paid back like any other order."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.journal.delivery import deliver_pending
from brokerage.messaging.models import Message
from products import handlers, tasks
from products.gateways.registrar import Told
from products.gateways.sandbox import PlayedPayments, PlayedRegistrar
from products.models import Holding, Order, PrivateContract, Quota
from products.private_states import PrivateStatus
from products.retention import old_orders
from products.sampling import bought
from products.selectors.exposure import committed
from products.states import OrderStatus
from products.use_cases import private_selling
from products.use_cases.carrying import can_cancel, cancel, confirm, refund, send
from products.use_cases.order_checks import UnableToOrder
from products.use_cases.placing import redeem
from products.use_cases.private_ordering import order_fund
from products.use_cases.private_selling import confirm_in_call, pay_contract
from tests.branches.factories import make_staff, make_staff_user
from tests.products.factories import (
    a_private_contract,
    a_private_fund,
    a_qualified_buyer,
    with_values,
)
from tests.suitability.factories import ACTOR, AT
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
DAY = timedelta(hours=24)
CALLED = AT + DAY
WHOLE = Decimal(1_000_000)


def binding(**values: Any) -> PrivateContract:
    """A contract that was paid and confirmed in a call."""
    row = pay_contract(contract=a_private_contract(**values), gateway=PlayedPayments(), at=AT)
    by = make_staff_user()
    return confirm_in_call(contract=row, note="本人自愿，清楚风险", by=by, at=CALLED)


def told(order: Order, **values: Any) -> Told:
    given: dict[str, Any] = {
        "order": order.ref,
        "number": "PF-1",
        "accepted": True,
        "amount": WHOLE,
        "value": Decimal("1.27"),
        "fee": Decimal(1000),
    }
    given |= values
    net = (given["amount"] - given["fee"]) / given["value"]
    return Told(units=net.quantize(Decimal("0.01"), ROUND_DOWN), **given)


def sent(contract: PrivateContract) -> Order:
    order = contract.order
    assert order is not None
    return send(order=order, registrar=PlayedRegistrar(), at=CALLED)


def test_what_binds_is_ordered_once_with_the_money_that_was_taken():
    row = binding()
    order = Order.objects.get()
    assert (order.ref, order.status, order.amount) == (row.ref, OrderStatus.PAID, WHOLE)
    assert (order.paid_at, order.placed_at) == (AT, CALLED)
    assert (order.terms, order.company) == (row.terms, row.company)
    assert order.dealing_day == date(2026, 3, 3)  # AT is a Monday morning, a day before
    assert order_fund(contract=row, at=CALLED) == order
    assert Order.objects.count() == 1


def test_nothing_is_ordered_before_it_binds():
    row = pay_contract(contract=a_private_contract(), gateway=PlayedPayments(), at=AT)
    assert order_fund(contract=row, at=AT) is None
    assert not Order.objects.exists()
    other = binding(customer=a_qualified_buyer("+8613900139201")).order
    with pytest.raises(IntegrityError, match="only_a_binding"), transaction.atomic():
        PrivateContract.objects.filter(pk=row.pk).update(order=other)


def test_it_is_confirmed_and_held_and_never_taken_back():
    row = binding()
    order = sent(row)
    assert order.status == OrderStatus.SENT  # at once: nobody can take it back any more
    assert not can_cancel(order, CALLED)
    with pytest.raises(UnableToOrder):
        cancel(order=order, actor=ACTOR, at=CALLED)
    for _ in range(2):
        done = confirm(told=told(order), at=CALLED + DAY)
    assert done.status == OrderStatus.CONFIRMED
    assert [done.invested, done.fee, done.refund] == [999_000, 1000, 0]
    held = Holding.objects.get()
    assert held.units == Decimal("786614.17")
    less: dict[str, Any] = {"customer": row.customer, "product": row.product, "actor": ACTOR}
    sold = redeem(units=Decimal(1000), key=uuid4(), at=CALLED + DAY, **less)
    assert can_cancel(sold, CALLED + DAY)  # reducing is like any other sale


@pytest.mark.parametrize(
    ("answer", "status", "back"),
    [
        ({"accepted": False, "reason": "fund_full"}, OrderStatus.REJECTED, WHOLE),
        ({"amount": Decimal("600000.01")}, OrderStatus.PARTLY, Decimal("399999.99")),
    ],
)
def test_what_the_fund_does_not_take_goes_back_once_by_the_key_of_the_payment(
    answer: dict[str, Any], status: str, back: Decimal
):
    row = binding(product=a_private_fund(quota=Decimal(3_000_000)))
    assert Quota.objects.get().taken == WHOLE
    order = confirm(told=told(sent(row), **answer), at=CALLED)
    assert (order.status, order.refund) == (status, back)
    assert Quota.objects.get().taken == WHOLE - back
    given: list[Any] = []

    class Counting(PlayedPayments):
        def give_back(self, *, key: Any, amount: Decimal, **values: Any) -> None:
            given.append((key, amount))

    for _ in range(2):
        refund(order=Order.objects.get(), gateway=Counting(), at=CALLED)
    assert given == [(row.ref, back)]


def test_a_call_that_is_cut_off_binds_nothing(monkeypatch: pytest.MonkeyPatch):
    def dies(**values: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(private_selling, "order_fund", dies)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        binding()
    assert not PrivateContract.objects.filter(status=PrivateStatus.BINDING).exists()


def test_the_job_carries_it_to_the_end_also_what_was_binding_before(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(private_selling, "order_fund", lambda **values: None)
    buyer = a_qualified_buyer()
    row = binding(customer=buyer, product=with_values(a_private_fund(), "1.25"))
    monkeypatch.setattr(clock, "now", lambda: CALLED)
    tasks.carry_all_private_on(0)
    tasks.carry_all_on(0)
    row.refresh_from_db()
    assert row.order is not None
    assert row.order.status == OrderStatus.SENT
    with_values(row.product, "1.25", last=row.order.dealing_day)
    tasks.carry_all_on(0)
    assert Holding.objects.get(customer=buyer).units > 0
    deliver_pending()
    kinds = Message.objects.filter(user=buyer.user).values_list("text__kind", flat=True)
    assert {"products.private_confirmed", "products.order_confirmed"} <= set(kinds)


def test_a_customer_has_it_once_at_every_step():
    buyer = a_qualified_buyer()
    row = pay_contract(contract=a_private_contract(buyer), gateway=PlayedPayments(), at=AT)
    assert committed(buyer, row.product) == WHOLE
    row = confirm_in_call(contract=row, note="自愿", by=make_staff_user(), at=CALLED)
    assert committed(buyer, row.product) == WHOLE
    order = sent(row)
    assert committed(buyer, row.product) == WHOLE
    confirm(told=told(order), at=CALLED)
    assert committed(buyer, row.product) == Decimal("999000.00")  # 786,614.17 units of 1.27


def test_the_yearly_sample_has_it_once_and_its_seller_does_not_call(
    monkeypatch: pytest.MonkeyPatch,
):
    seller = make_staff(Role.ADVISER)
    row = binding(seller=seller)
    confirm(told=told(sent(row)), at=CALLED)
    (found,) = bought(AT - DAY, CALLED + DAY)
    assert (found.sale, found.seller) == (row.ref, seller.pk)
    drawn: list[Any] = []
    monkeypatch.setattr(handlers, "plan_follow_up", lambda **values: drawn.append(values))
    event: Any = SimpleNamespace(subject=row.ref)
    handlers.follow_up_order(event, SimpleNamespace(at=CALLED))
    assert drawn[0]["seller"] == seller


def test_an_order_is_kept_as_long_as_its_contract():
    row = binding()
    confirm(told=told(sent(row)), at=CALLED)
    assert not old_orders(CALLED + DAY).exists()
    PrivateContract.objects.update(order=None)
    assert old_orders(CALLED + DAY).exists()


def test_contract_and_order_lead_to_each_other_and_neither_is_taken_back(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(clock, "now", lambda: CALLED)
    buyer = a_qualified_buyer()
    row = binding(customer=buyer)
    client = sign_in(Client(headers={"accept-language": "zh-hans"}), buyer.user)
    contract, order = f"/products/private/{row.ref}/", f"/products/orders/{row.ref}/"
    assert f'href="{order}"' in client.get(contract).content.decode()
    page = client.get(order).content.decode()
    assert f'href="{contract}"' in page
    assert "撤回订单" not in page
    client.post(order)
    assert Order.objects.get().status == OrderStatus.PAID
    desk = sign_in(Client(), make_staff(Role.HEAD_OFFICE))
    shown = desk.get(f"/admin/products/privatecontract/{row.ref}/change/").content.decode()
    assert f"/admin/products/order/{row.ref}/" in shown
