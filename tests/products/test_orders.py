"""Orders: everything is looked at once more, and every amount adds up to the cent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.models import CustodyLink
from brokerage.core.states import IllegalTransition
from products.gateways.payment import PaymentGateway
from products.gateways.registrar import Told
from products.gateways.sandbox import PlayedPayments, PlayedRegistrar
from products.models import Confirmation, Holding, Order, Product, Quota
from products.sampling import bought
from products.states import ORDER_TRANSITIONS, OrderStatus
from products.use_cases.carrying import WrongConfirmation, cancel, confirm, pay, refund, send
from products.use_cases.order_checks import LookAgain, UnableToOrder
from products.use_cases.placing import redeem, subscribe
from products.use_cases.suspending import suspend
from suitability.use_cases.duties import DutyOpen
from tests.branches.factories import make_staff_user
from tests.products.factories import a_buyer, a_product, a_told_decision, with_values
from tests.suitability.factories import ACTOR, AT
from tests.suitability.matching import a_decision, a_proposed_grade
from tests.suitability.matching import approve as approve_grade

pytestmark = pytest.mark.django_db
TODAY = AT.date()
EVENING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # 16:00 in Shanghai, after the cut-off
THREE = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)  # 15:00 in Shanghai, to the second


@pytest.fixture
def buyer():
    return a_buyer()


def order(buyer: Any, product: Product, **values: Any) -> Order:
    given = {
        "customer": buyer,
        "product": product,
        "amount": Decimal("1000.00"),
        "day": TODAY,
        "key": uuid4(),
        "actor": ACTOR,
        "at": AT,
    }
    if "decision" not in values:
        given["decision"] = a_told_decision(buyer, product, at=values.get("at", AT))
    return subscribe(**(given | values))


def told(order: Order, **values: Any) -> Told:
    given: dict[str, Any] = {
        "order": order.ref,
        "number": f"R-{order.ref.hex[:8]}",
        "accepted": True,
        "amount": order.amount or Decimal(0),
        "value": Decimal("1.04"),
        "fee": Decimal("11.86"),
    }
    given |= values
    if "units" not in given:  # what the rest buys, or what was to be sold
        taken = min(given["amount"], order.amount or Decimal(0))
        net = (taken - given["fee"]) / (given["value"] or 1)
        given["units"] = order.units or net.quantize(Decimal("0.01"), ROUND_DOWN)
    return Told(**given)


def whole(order: Order) -> Decimal:
    """What became of the money of a purchase."""
    parts = (order.invested, order.fee, order.refund)
    return sum((each or Decimal(0) for each in parts), Decimal(0))


def sent(buyer: Any, product: Product, **values: Any) -> Order:
    paid = pay(order=order(buyer, product, **values), gateway=PlayedPayments(), at=AT)
    return send(order=paid, registrar=PlayedRegistrar(), at=EVENING)


def holding(buyer: Any, product: Product, units: str = "500") -> Holding:
    return Holding.objects.create(customer=buyer, product=product, units=Decimal(units))


def test_an_order_belongs_to_the_branch_company_over_the_outlet(buyer):
    made = order(buyer, a_product("R2"))
    assert made.company.kind == "branch_company"
    assert made.outlet is not None
    assert made.outlet.ref == buyer.home_outlet_ref
    with pytest.raises(IntegrityError, match="branch company"), transaction.atomic():
        Order.objects.filter(pk=made.pk).update(company=made.outlet)


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("-1", "least"),
        ("0", "least"),
        ("9.99", "least"),
        ("10.001", "decimals"),
        ("15", "steps"),
        ("110", "quota"),
        ("1e19", "large"),
        ("-1e30", "large"),
        ("NaN", "large"),
    ],
)
def test_an_amount_that_cannot_be_is_refused_beside_its_field(buyer, amount: str, said: str):
    product = a_product("R2", terms={"quota": Decimal(100), "step": Decimal(10)})
    with pytest.raises(UnableToOrder, match=said) as refused:
        order(buyer, product, amount=Decimal(amount))
    assert refused.value.field == "amount"


def test_the_same_key_is_the_same_order_and_never_another(buyer):
    product, key = a_product("R2"), uuid4()
    decision = a_told_decision(buyer, product)
    first = order(buyer, product, key=key, decision=decision)
    assert order(buyer, product, key=key, decision=decision) == first
    with pytest.raises(UnableToOrder):
        order(buyer, product, key=key, decision=decision, amount=Decimal(2000))
    assert Order.objects.count() == 1


def test_an_order_a_second_before_the_cut_off_counts_for_the_day_and_one_at_it_does_not(buyer):
    product = a_product("R2")
    decision = a_told_decision(buyer, product, at=THREE - timedelta(minutes=5))
    made = order(buyer, product, decision=decision, at=THREE - timedelta(seconds=1))
    assert made.dealing_day == TODAY
    with pytest.raises(LookAgain):
        order(buyer, product, decision=decision, at=THREE)
    next_day = TODAY + timedelta(days=1)
    assert order(buyer, product, decision=decision, at=THREE, day=next_day).pk


def test_what_was_suspended_meanwhile_is_not_ordered_but_can_be_sold(buyer):
    product = a_product("R2")
    decision = a_told_decision(buyer, product)
    holding(buyer, product)
    suspend(product=product, reason="暂停", by=make_staff_user(), at=AT)
    with pytest.raises(UnableToOrder, match="not for sale"):
        order(buyer, product, decision=decision)
    assert redeem(
        customer=buyer, product=product, units=Decimal(500), key=uuid4(), actor=ACTOR, at=AT
    ).pk


def test_a_grade_raised_between_match_and_order_is_asked_again(buyer):
    product = a_product("R2")
    tomorrow = AT + timedelta(days=1)
    approve_grade(a_proposed_grade(product.item, "R3", valid_from=tomorrow.date()))
    decision = a_told_decision(buyer, product)
    with pytest.raises(LookAgain):
        order(buyer, product, decision=decision, at=tomorrow, day=tomorrow.date())
    fresh = a_decision(buyer, product.item, at=tomorrow)
    with pytest.raises(DutyOpen):  # another grade than was told
        order(buyer, product, decision=fresh, at=tomorrow, day=tomorrow.date())


def test_nothing_is_bought_before_the_customer_was_told(buyer):
    product = a_product("R2")
    with pytest.raises(DutyOpen):
        order(buyer, product, decision=a_decision(buyer, product.item))


def test_what_does_not_suit_needs_the_insist_route(buyer):
    product = a_product("R5", item={"type": "equity"})
    with pytest.raises(DutyOpen):
        order(buyer, product, decision=a_decision(buyer, product.item))


def test_an_account_that_cannot_buy_says_why(buyer):
    product = a_product("R2")
    CustodyLink.objects.update(status="at_bank")
    with pytest.raises(UnableToOrder, match="Your account cannot do this now"):
        order(buyer, product)


def test_without_enough_money_the_order_ends_and_the_quota_is_free_again(buyer):
    product = a_product("R2", terms={"quota": Decimal(5000)})
    made = order(buyer, product, amount=Decimal("1000.13"))
    assert Quota.objects.get().taken == Decimal("1000.13")
    assert pay(order=made, gateway=PlayedPayments(), at=AT).status == OrderStatus.UNPAID
    assert Quota.objects.get().taken == 0


def test_a_confirmation_told_twice_counts_once(buyer):
    product = a_product("R2")
    made = sent(buyer, product)
    for _ in range(2):
        done = confirm(told=told(made), at=EVENING)
    assert done.status == OrderStatus.CONFIRMED
    assert whole(done) == done.amount
    assert Holding.objects.get().units == Decimal("950.13")
    assert Confirmation.objects.count() == 1
    with pytest.raises(WrongConfirmation):
        confirm(told=told(made, number="R-OTHER"), at=EVENING)


def test_the_yearly_sample_hears_of_a_purchase_that_was_confirmed_in_its_time(buyer):
    made = sent(buyer, a_product("R2"))
    assert list(bought(AT, EVENING + timedelta(days=1))) == []
    confirm(told=told(made), at=EVENING)
    (found,) = bought(EVENING, EVENING + timedelta(days=1))
    assert (found.customer, found.buyer, found.sale) == (buyer.pk, buyer.ref, made.ref)
    assert (found.decision, found.sold_at) == (made.decision_id, EVENING)
    assert list(bought(AT, EVENING)) == []


def test_a_part_is_taken_and_the_rest_paid_back_once(buyer):
    product = a_product("R2", terms={"quota": Decimal(5000)})
    made = sent(buyer, product)
    part = told(made, amount=Decimal("400.01"), fee=Decimal("4.74"), units=Decimal("380.07"))
    done = confirm(told=part, at=EVENING)
    assert (done.status, done.refund) == (OrderStatus.PARTLY, Decimal("599.99"))
    assert whole(done) == Decimal("1000.00")
    assert Quota.objects.get().taken == Decimal("400.01")

    class Counting(PlayedPayments):
        given = 0

        def give_back(self, **values: Any) -> None:
            type(self).given += 1

    for _ in range(2):
        done = refund(order=Order.objects.get(), gateway=Counting(), at=EVENING)
    assert done.refunded_at == EVENING
    assert Counting.given == 1


def test_a_rejected_order_is_paid_back_whole(buyer):
    made = sent(buyer, a_product("R2"))
    done = confirm(told=told(made, accepted=False, reason="fund_full"), at=EVENING)
    assert (done.status, done.refund) == (OrderStatus.REJECTED, Decimal("1000.00"))
    assert not Holding.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": Decimal("1000.01")},
        {"fee": Decimal("1000.01")},
        {"fee": Decimal("-1")},
        {"units": Decimal(0)},
        {"value": Decimal(0)},
        {"amount": Decimal("999.999")},
        {"units": Decimal(1_000_000)},  # for 988.14 yuan
        {"units": Decimal("950.11")},  # two hundredths too few
        {"units": Decimal("950.1346153")},  # more decimals than are kept
        {"value": Decimal("1.0399999")},
    ],
)
def test_figures_that_do_not_fit_count_nothing(buyer, wrong: dict[str, Decimal]):
    made = sent(buyer, a_product("R2"))
    with pytest.raises(WrongConfirmation):
        confirm(told=told(made, **wrong), at=EVENING)
    assert Order.objects.get().status == OrderStatus.SENT
    assert not Holding.objects.exists()
    assert not Confirmation.objects.exists()


def test_an_order_is_taken_back_until_its_day_closes(buyer):
    product = a_product("R2", terms={"quota": Decimal(5000)})
    paid = pay(order=order(buyer, product), gateway=PlayedPayments(), at=AT)
    assert send(order=paid, registrar=PlayedRegistrar(), at=AT).status == OrderStatus.PAID
    with pytest.raises(UnableToOrder):
        cancel(order=paid, actor=ACTOR, at=THREE)
    done = cancel(order=paid, actor=ACTOR, at=THREE - timedelta(seconds=1))
    assert (done.status, done.refund) == (OrderStatus.CANCELLED, Decimal("1000.00"))
    assert Quota.objects.get().taken == 0


def test_while_the_money_is_on_its_way_an_order_is_not_taken_back(buyer):
    made = order(buyer, a_product("R2"))
    with pytest.raises(UnableToOrder):
        cancel(order=made, actor=ACTOR, at=AT)


def test_no_more_is_sold_than_is_free(buyer):
    product = a_product("R2")
    holding(buyer, product)

    def sell(units: str) -> Order:
        values = {"customer": buyer, "product": product, "actor": ACTOR, "at": AT}
        return redeem(units=Decimal(units), key=uuid4(), **values)

    sell("300")
    for units in ("200.01", "0", "-5", "1.001", "1e30", "NaN"):
        with pytest.raises(UnableToOrder):
            sell(units)
    rest = sell("200")
    gone = send(order=rest, registrar=PlayedRegistrar(), at=EVENING)
    done = confirm(
        told=told(gone, amount=Decimal("208.00"), units=Decimal(200), fee=Decimal("1.04")),
        at=EVENING,
    )
    assert (done.status, done.invested) == (OrderStatus.CONFIRMED, Decimal("206.96"))
    held = Holding.objects.get()
    assert (held.units, held.reserved) == (Decimal(300), Decimal(300))


def test_the_sandbox_registrar_confirms_with_the_value_of_the_day(buyer):
    product = with_values(a_product("R2"), "1.25", last=TODAY)
    sent(buyer, product)
    (found,) = PlayedRegistrar().confirmations(TODAY, at=EVENING)
    done = confirm(told=found, at=EVENING)
    assert whole(done) == Decimal("1000.00")
    assert done.confirmed_units == Decimal("790.51")  # 988.14 / 1.25, cut
    assert PlayedRegistrar().confirmations(TODAY, at=EVENING) == []


def test_a_payment_that_was_cut_off_is_asked_for_again_with_the_same_key(buyer):
    made = order(buyer, a_product("R2"))
    keys = []

    class CutOff:
        def take(self, *, key: Any, **values: Any) -> bool:
            keys.append(key)
            if len(keys) == 1:
                raise ConnectionError
            return True

    gateway: PaymentGateway = CutOff()  # type: ignore[assignment]  # plays the part that is asked
    with pytest.raises(ConnectionError):
        pay(order=made, gateway=gateway, at=AT)
    assert pay(order=made, gateway=gateway, at=AT).status == OrderStatus.PAID
    assert keys == [made.ref, made.ref]


@pytest.mark.parametrize("old", OrderStatus.values)
@pytest.mark.parametrize("new", OrderStatus.values)
def test_an_order_steps_only_along_its_table(old: str, new: str):
    made = Order(status=old)
    if ORDER_TRANSITIONS.allows(old, new):
        made.move_to(new)
        assert made.status == new
    else:
        with pytest.raises(IllegalTransition):
            made.move_to(new)


def test_the_table_has_every_status_and_the_ends_are_ends():
    assert ORDER_TRANSITIONS.states == set(OrderStatus.values)
    ends = {"unpaid", "lapsed", "confirmed", "partly", "rejected", "cancelled"}
    assert ORDER_TRANSITIONS.terminal == ends
