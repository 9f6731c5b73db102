"""The basket: each fund is looked at anew, becomes one order at most, and stops no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import CustodyLink
from branches.models import OrgUnit
from brokerage.core.states import IllegalTransition
from brokerage.journal.models import Entry
from products.basket_states import BASKET_TRANSITIONS, BasketStatus
from products.models import Basket, BasketItem, Order, Quota
from products.retention import forget_baskets, forget_orders, old_baskets
from products.rules.basket import together
from products.rules.costs import Fees, Step, bill
from products.use_cases.basket_checks import Hurdle, look_into
from products.use_cases.filling_basket import (
    agree_anew,
    change_basket,
    empty_basket,
    put_in_basket,
)
from products.use_cases.order_checks import LookAgain, UnableToOrder
from products.use_cases.ordering_basket import Seen
from products.use_cases.suspending import suspend
from tests.branches.factories import make_staff_user, make_unit
from tests.products.basket import basket_of, order_all, put_in, seen_by
from tests.products.factories import (
    a_buyer,
    a_product,
    a_told_decision,
    an_order,
    approve,
    proposed_terms,
)
from tests.suitability.factories import ACTOR, AT
from tests.suitability.matching import a_proposed_grade
from tests.suitability.matching import approve as approve_grade

pytestmark = pytest.mark.django_db
TOMORROW = AT + timedelta(days=1)
THREE = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)  # 15:00 in Shanghai, to the second


@pytest.fixture
def buyer():
    return a_buyer()


def hurdles(buyer, at=AT) -> list[Hurdle | None]:
    return [line.hurdle for line in look_into(basket_of(buyer), at).lines]


def test_several_funds_become_an_order_each_and_the_basket_ends(buyer):
    items = [put_in(buyer, amount=amount) for amount in ("1000", "250.50")]
    done = order_all(buyer)
    assert [(order.key, order.amount) for order in done.placed] == [
        (item.ref, item.amount) for item in items
    ]
    assert done.refused == []
    basket = Basket.objects.get()
    assert (basket.status, basket.ended_at) == (BasketStatus.ORDERED, AT)
    kinds = list(Entry.objects.filter(subject_ref=basket.ref).values_list("kind", flat=True))
    assert kinds.count("products.ordered_from_basket") == 2
    assert kinds[-1] == "products.basket_ended"


def test_sent_twice_each_fund_is_the_same_one_order(buyer):
    put_in(buyer)
    put_in(buyer)
    seen = seen_by(buyer)
    first, again = order_all(buyer, seen), order_all(buyer, seen)
    assert again.placed == first.placed
    assert Order.objects.count() == 2


def test_what_was_ordered_can_be_put_in_a_new_basket(buyer):
    product = put_in(buyer).product
    order_all(buyer)
    put_in(buyer, product)
    order_all(buyer)
    assert Order.objects.filter(product=product).count() == 2
    assert Basket.objects.filter(status=BasketStatus.ORDERED).count() == 2


def test_what_is_suspended_stays_with_its_reason_and_stops_no_other(buyer):
    gone, other = put_in(buyer), put_in(buyer)
    suspend(product=gone.product, reason="暂停", by=make_staff_user(), at=AT)
    assert hurdles(buyer) == [Hurdle.CLOSED, None]
    done = order_all(buyer)
    assert [order.key for order in done.placed] == [other.ref]
    assert BasketItem.objects.waiting().get() == gone
    assert basket_of(buyer).status == BasketStatus.OPEN


def test_what_is_suspended_between_the_look_and_the_yes_is_told(buyer):
    gone, other = put_in(buyer), put_in(buyer)
    seen = seen_by(buyer)
    suspend(product=gone.product, reason="暂停", by=make_staff_user(), at=AT)
    done = order_all(buyer, seen)
    assert [order.key for order in done.placed] == [other.ref]
    (refused,) = done.refused
    assert (refused.name, refused.why) == (
        str(gone.product),
        "This is not for sale at the moment.",
    )


def test_what_sold_out_between_the_look_and_the_yes_is_told_and_takes_no_quota(buyer):
    product = a_product("R2", terms={"quota": Decimal(1500)})
    put_in(buyer, product)
    seen = seen_by(buyer)
    Quota.objects.update(taken=Decimal(1000))
    done = order_all(buyer, seen)
    assert done.placed == []
    assert "quota" in done.refused[0].why
    assert Quota.objects.get().taken == 1000
    assert hurdles(buyer) == [Hurdle.AMOUNT]


def test_a_grade_raised_meanwhile_is_announced_and_asked_again(buyer):
    item = put_in(buyer)
    approve_grade(a_proposed_grade(item.product.item, "R3", valid_from=TOMORROW.date()))
    seen = [replace(one, day=TOMORROW.date()) for one in seen_by(buyer)]
    (line,) = look_into(basket_of(buyer), TOMORROW).lines
    assert line.hurdle is Hurdle.CHANGED
    assert "R2" in line.said
    assert "R3" in line.said
    done = order_all(buyer, seen, at=TOMORROW)
    assert (done.placed, done.refused[0].why) == ([], line.said)

    agree_anew(item=item, language="en", actor=ACTOR, at=TOMORROW)
    assert hurdles(buyer, TOMORROW) == [Hurdle.UNTOLD]  # what was told was of another grade
    assert order_all(buyer, seen, at=TOMORROW).placed == []  # nor with the old page
    a_told_decision(buyer, item.product, at=TOMORROW)
    assert hurdles(buyer, TOMORROW) == [None]
    assert len(order_all(buyer, at=TOMORROW).placed) == 1


def test_other_terms_are_announced_and_asked_again(buyer):
    item = put_in(buyer)
    approve(proposed_terms(item.product, minimum=Decimal(500), valid_from=TOMORROW.date()))
    assert hurdles(buyer, TOMORROW) == [Hurdle.CHANGED]
    agree_anew(item=item, language="en", actor=ACTOR, at=TOMORROW)
    assert hurdles(buyer, TOMORROW) == [None]
    (order,) = order_all(buyer, at=TOMORROW).placed
    assert order.terms.minimum == 500


def test_what_does_not_suit_any_more_is_kept_and_never_ordered_from_here(buyer):
    item = put_in(buyer)
    seen = seen_by(buyer)
    approve_grade(a_proposed_grade(item.product.item, "R5", valid_from=TOMORROW.date()))
    assert hurdles(buyer, TOMORROW) == [Hurdle.UNSUITED]
    with pytest.raises(UnableToOrder, match="does not suit"):
        agree_anew(item=item, language="en", actor=ACTOR, at=TOMORROW)
    done = order_all(buyer, [replace(one, day=TOMORROW.date()) for one in seen], at=TOMORROW)
    assert done.placed == []
    assert "does not suit you any more" in done.refused[0].why


def test_what_does_not_suit_is_never_put_in(buyer):
    with pytest.raises(UnableToOrder, match="does not suit"):
        put_in_basket(
            customer=buyer,
            product=a_product("R5", item={"type": "equity"}),
            amount=Decimal(1000),
            language="en",
            actor=ACTOR,
            at=AT,
        )
    assert not Basket.objects.exists()


def test_after_another_day_the_same_match_is_kept_anew_without_asking(buyer):
    item = put_in(buyer)
    a_told_decision(buyer, item.product, at=AT)
    (order,) = order_all(buyer, at=TOMORROW).placed
    assert order.decision is not None
    assert order.decision.decided_on == TOMORROW.date()
    assert order.dealing_day == TOMORROW.date()


def test_a_cut_off_that_passes_between_the_look_and_the_yes_is_asked_again(buyer):
    put_in(buyer)
    seen = seen_by(buyer, THREE - timedelta(seconds=1))
    done = order_all(buyer, seen, at=THREE)
    assert done.placed == []
    assert "next one" in done.refused[0].why
    (again,) = seen_by(buyer, THREE)
    assert again.day == TOMORROW.date()
    assert len(order_all(buyer, [again], at=THREE).placed) == 1


def test_an_account_that_cannot_buy_blocks_all_of_it_in_words(buyer):
    put_in(buyer)
    CustodyLink.objects.update(status="at_bank")
    inside = look_into(basket_of(buyer), AT)
    assert "Your account cannot do this now" in inside.blocked
    assert inside.ready == []
    assert inside.sums.amount == 0


def test_a_fund_of_another_unit_and_one_above_the_limit_say_so(buyer):
    limited = put_in(buyer, a_product("R2", terms={"most_held": Decimal(1500)}))
    an_order(buyer, OrgUnit.objects.get(ref=str(buyer.home_outlet_ref)), limited.product)
    local = put_in(buyer)
    other = make_unit()
    BasketItem.objects.filter(pk=local.pk).update(
        product=(elsewhere := a_product("R2", terms={"unit": other})),
        terms=elsewhere.terms.get(),
    )
    assert hurdles(buyer) == [Hurdle.AMOUNT, Hurdle.CLOSED]


@pytest.mark.parametrize("amount", ["0", "-1", "10.001", "9.99", "1e19", "NaN"])
def test_an_amount_that_cannot_be_is_refused_beside_its_field(buyer, amount):
    product = a_product("R2", terms={"quota": Decimal(10_000)})
    with pytest.raises(UnableToOrder) as refused:
        put_in(buyer, product, amount)
    assert refused.value.field == "amount"
    put_in(buyer, product)
    with pytest.raises(IntegrityError), transaction.atomic():
        BasketItem.objects.update(amount=Decimal(0))


def test_put_in_twice_it_waits_once_with_the_newest_amount(buyer):
    product = a_product("R2")
    put_in(buyer, product)
    version = basket_of(buyer).version
    put_in(buyer, product, "1000.00")
    assert basket_of(buyer).version == version  # the same tap twice
    put_in(buyer, product, "2000")
    assert BasketItem.objects.get().amount == 2000
    assert basket_of(buyer).version == version + 1


def test_a_basket_takes_no_more_than_the_rule_says(buyer, monkeypatch):
    monkeypatch.setattr("products.use_cases.filling_basket.basket_most_on", lambda on: 1)
    put_in(buyer)
    with pytest.raises(UnableToOrder, match="A basket takes 1 fund"):
        put_in(buyer)


def test_two_devices_never_change_one_basket_unnoticed(buyer):
    item = put_in(buyer)
    basket = basket_of(buyer)
    values: dict[str, Any] = {
        "basket": basket,
        "version": basket.version,
        "actor": ACTOR,
        "at": AT,
    }
    change_basket(**values, amounts={item.ref: Decimal(2000)})
    with pytest.raises(LookAgain):
        change_basket(**values, amounts={item.ref: Decimal(3000)})
    with pytest.raises(LookAgain):
        empty_basket(**values)
    assert BasketItem.objects.get().amount == 2000


def test_an_amount_changed_elsewhere_is_not_ordered_with_the_old_page(buyer):
    item = put_in(buyer)
    seen, basket = seen_by(buyer), basket_of(buyer)
    change_basket(
        basket=basket,
        version=basket.version,
        amounts={item.ref: Decimal(2000)},
        actor=ACTOR,
        at=AT,
    )
    done = order_all(buyer, seen)
    assert done.placed == []
    assert "another page or device" in done.refused[0].why


def test_taken_out_and_emptied_it_ends_and_keeps_what_was_ordered(buyer):
    items = [put_in(buyer) for _ in range(3)]
    basket = basket_of(buyer)
    values: dict[str, Any] = {"basket": basket, "actor": ACTOR, "at": AT}
    change_basket(**values, version=basket.version, amounts={}, out=items[0].ref)
    order_all(buyer, seen_by(buyer)[:1])
    empty_basket(**values, version=basket_of(buyer).version)
    basket.refresh_from_db()
    assert basket.status == BasketStatus.ORDERED
    assert basket.items.get() == items[1]
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        basket.items.get().delete()

    put_in(buyer)
    other = basket_of(buyer)
    empty_basket(basket=other, version=other.version, actor=ACTOR, at=AT)
    other.refresh_from_db()
    assert other.status == BasketStatus.EMPTIED


def test_only_what_is_in_the_own_basket_is_ordered(buyer):
    stranger = a_buyer("+8613900139177")
    put_in(stranger)
    (theirs,) = seen_by(stranger)
    done = order_all(buyer, [theirs, replace(theirs, item=uuid4())])
    assert (done.placed, done.refused) == ([], [])
    assert not Order.objects.exists()


def test_what_goes_along_is_read_back_or_nothing(buyer):
    put_in(buyer)
    (one,) = seen_by(buyer)
    assert Seen.read(str(one)) == one
    odd = [str(one).replace("1000.00", amount) for amount in ("NaN!", "NaN", "sNaN", "Infinity")]
    for text in ("", "|", "a|b|c|d", f"{one}|x", *odd):
        assert Seen.read(text) is None


def test_its_states_are_those_of_the_table(buyer):
    put_in(buyer)
    basket = basket_of(buyer)
    for status in BasketStatus:
        assert BASKET_TRANSITIONS.allows("open", status) == (status != "open")
        assert BASKET_TRANSITIONS.after(status) == frozenset() or status == "open"
    basket.move_to(BasketStatus.EMPTIED)
    with pytest.raises(IllegalTransition):
        basket.move_to(BasketStatus.ORDERED)
    with pytest.raises(IntegrityError), transaction.atomic():
        basket.save()  # ended without saying when
    with pytest.raises(IntegrityError), transaction.atomic():
        Basket.objects.create(customer=buyer, opened_at=AT, changed_at=AT)


amounts = st.decimals(min_value="0.01", max_value="1000000000", places=2)
rates = st.decimals(min_value=0, max_value="0.05", places=4)


@given(st.lists(st.tuples(amounts, rates, rates), max_size=12))
def test_the_sums_are_those_of_the_bills_to_the_cent(bought):
    bills = [
        bill(Fees(subscription=(Step(Decimal(0), rate),), yearly=(("custody", yearly),)), amount)
        for amount, rate, yearly in bought
    ]
    sums = together(bills)
    assert sums.amount == sum((amount for amount, *_ in bought), Decimal(0))
    assert sums.subscription + sums.invested == sums.amount
    assert sums.total == sum((each.total for each in bills), Decimal(0))
    for part in (sums.amount, sums.subscription, sums.invested, sums.total):
        assert part == part.quantize(Decimal("0.01"))


def test_baskets_go_after_their_time_and_ordered_funds_with_their_order(buyer):
    put_in(buyer)
    put_in(buyer)
    order_all(buyer, seen_by(buyer)[:1])
    assert not old_baskets(AT).exists()
    assert not old_baskets(TOMORROW).exists()  # an order of it is kept still
    forget_orders(Order.objects.all())
    assert forget_baskets(old_baskets(TOMORROW)) == 1
    assert not BasketItem.objects.exists()
