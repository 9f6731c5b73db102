"""A book of what is sold at outlets only: taken down there, bid for with the customer's yes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.counter.states import ReleaseEnd, ReleaseStatus
from accounts.signing.codes import CodeWrong
from brokerage.core.clock import business_date
from brokerage.journal.models import Entry
from products.gateways.sandbox import PlayedPayments
from products.models import Bid, BookCount, CounterOrder, Order, SaleRelease
from products.retention import forget_bids, forget_sales, old_sales
from products.use_cases.bidding import pay_bid
from products.use_cases.counter_ordering import (
    ask_again,
    confirm_order,
    refuse_order,
    withdraw_order,
)
from products.use_cases.counter_releasing import end_sale, offer_sale, take_sale
from products.use_cases.order_checks import LookAgain, UnableToOrder
from products.use_cases.sharing_out import share_out
from products.use_cases.suspending import suspend
from suitability.use_cases.duties import DutyOpen
from tests.branches.factories import make_staff_user
from tests.products.counter import (
    AMOUNT,
    a_counter_book,
    a_counter_product,
    a_proposal,
    a_release,
    a_seller,
    an_open_sale,
    code_for,
    outlet_of,
)
from tests.products.factories import (
    a_book,
    a_buyer,
    a_closing,
    a_plan,
    a_product,
    a_proof,
    a_told_decision,
    approve,
    matched,
)
from tests.suitability.factories import ACTOR, AT
from tests.suitability.matching import a_proposed_grade
from tests.suitability.matching import approve as approve_grade

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
CLOSES = AT + timedelta(minutes=3)


def a_proposed_bid(*, amount: Decimal = AMOUNT, at: Any = AT, **book: Any) -> CounterOrder:
    """What was taken down for a bid and waits for its customer."""
    product = a_counter_book(**book).product
    return a_proposal(an_open_sale(product=product, at=at), amount, at=at)


def confirmed(proposal: CounterOrder, *, at: Any = AT) -> Any:
    code = code_for(proposal, at=at)
    return confirm_order(proposal=proposal, code=code, actor=ACTOR, at=at)


def test_only_the_yes_of_the_customer_makes_a_bid_and_it_says_who_helped_where():
    proposal = a_proposed_bid()
    assert (proposal.dealing_day, Bid.objects.count()) == (None, 0)
    made = confirmed(proposal)
    proposal.refresh_from_db()
    release = proposal.release
    assert isinstance(made, Bid)
    assert (proposal.status, proposal.bid, proposal.order) == ("ordered", made, None)
    assert (made.amount, made.book, made.key) == (AMOUNT, proposal.book, proposal.ref)
    assert made.outlet.ref == made.customer.home_outlet_ref
    assert made.counter.release.outlet != made.outlet
    assert made.counter.release.helper == release.helper
    assert (release.status, release.ended_by) == (ReleaseStatus.ENDED, ReleaseEnd.STAFF)
    assert BookCount.objects.get().taken == AMOUNT
    assert not Order.objects.exists()
    assert proposal.book is not None
    said = Entry.objects.get(kind="products.counter_order_proposed").payload
    assert (said["day"], said["book"]) == ("", str(proposal.book.ref))
    ended = Entry.objects.get(kind="products.counter_order_ended").payload
    assert (ended["order"], ended["bid"]) == (None, str(made.ref))
    assert "amount" not in str(said) + str(ended)


def test_it_is_paid_and_shared_out_like_any_other_bid():
    made = confirmed(a_proposed_bid(amount=Decimal(3000), target=Decimal(2000)))
    pay_bid(bid=made, gateway=PlayedPayments(), at=AT)
    approve(a_closing(made.book), at=made.book.closes_at)
    share_out(book=made.book, at=made.book.closes_at)
    made.refresh_from_db()
    assert (made.status, made.allotted, made.refund) == ("partly", 2000, 1000)


def test_a_second_yes_is_the_same_bid():
    proposal = a_proposed_bid()
    code = code_for(proposal)
    first, second = (
        confirm_order(proposal=proposal, code=code, actor=ACTOR, at=AT) for _ in range(2)
    )
    assert first == second == Bid.objects.get()


def test_the_code_counts_for_exactly_this_book_and_amount():
    proposal = a_proposed_bid()
    code = code_for(proposal)
    CounterOrder.objects.update(book=a_counter_book())
    with pytest.raises(CodeWrong):
        confirm_order(proposal=proposal, code=code, actor=ACTOR, at=AT)
    assert not Bid.objects.exists()


@pytest.mark.parametrize(
    ("amount", "said"),
    [("999", "least amount"), ("1500", "steps"), ("4000", "quota"), ("2000", "may have")],
)
def test_an_amount_is_refused_beside_its_field_by_the_checks_of_the_portal(amount, said):
    terms = {"most_held": Decimal(1000)} if said == "may have" else {}
    values: dict[str, Any] = {"allocation": "by_time", "target": Decimal(3000)}
    with pytest.raises(UnableToOrder, match=said) as refused:
        a_proposed_bid(amount=Decimal(amount), terms=terms, **values)
    assert refused.value.field == "amount"
    assert not CounterOrder.objects.exists()


def test_what_is_owed_is_told_first_and_a_mismatch_is_never_invited_to():
    buyer, seller = a_buyer(), a_seller()
    risky = a_counter_book("R5", item={"type": "equity"})
    for book, said in ((a_counter_book(), "owed"), (risky, "suit")):
        matched(buyer, book.product)
        made = offer_sale(customer=buyer, product=book.product, actor=ACTOR, at=AT)
        row = take_sale(code=made.code_text, outlet=outlet_of(seller), helper=seller, at=AT)
        with pytest.raises(UnableToOrder, match=said):
            a_proposal(row)
    assert not CounterOrder.objects.exists()


def test_no_code_without_a_book_that_is_open_or_where_the_portal_sells_it():
    buyer = a_buyer()
    bare = a_counter_product(family="bond")
    online = a_book(a_product("R2", family="bond", terms={"channels": ["online"]}))
    later = a_counter_book(opens_at=AT + MINUTE)
    for product, said in (
        (bare, "no bids"),
        (later.product, "no bids"),
        (online.product, "not sold at outlets"),
    ):
        a_told_decision(buyer, product)
        with pytest.raises(UnableToOrder, match=said):
            offer_sale(customer=buyer, product=product, actor=ACTOR, at=AT)
    assert not SaleRelease.objects.exists()


def test_the_last_instant_counts_and_the_closing_second_does_not():
    proposal = a_proposed_bid(closes_at=CLOSES)
    code = code_for(proposal)
    with pytest.raises(UnableToOrder, match="no bids"):
        confirm_order(proposal=proposal, code=code, actor=ACTOR, at=CLOSES)
    with pytest.raises(UnableToOrder, match="no bids"):
        ask_again(proposal=proposal, actor=ACTOR, at=CLOSES)
    with pytest.raises(UnableToOrder, match="no bids"):
        a_proposal(proposal.release, at=CLOSES)
    just = CLOSES - timedelta(microseconds=1)
    assert confirm_order(proposal=proposal, code=code, actor=ACTOR, at=just) == Bid.objects.get()


def test_a_product_suspended_or_a_book_filled_in_between_takes_no_bid():
    values: dict[str, Any] = {"allocation": "by_time", "target": Decimal(1000)}
    first = a_proposed_bid(**values)
    product = first.release.product
    second = a_proposal(an_open_sale(a_buyer("+8613900139101"), product))
    confirmed(first)
    code = code_for(second)
    with pytest.raises(UnableToOrder, match="quota") as refused:
        confirm_order(proposal=second, code=code, actor=ACTOR, at=AT)
    assert refused.value.field == "amount"
    suspend(product=product, reason="公告", by=make_staff_user(), at=AT)
    with pytest.raises(UnableToOrder, match="not for sale"):
        confirm_order(proposal=second, code=code, actor=ACTOR, at=AT)
    assert Bid.objects.count() == 1


def test_a_grade_raised_in_between_is_matched_and_asked_again():
    night = AT.replace(hour=15, minute=50)  # 23:50 in Shanghai
    tomorrow = night + 20 * MINUTE
    proposal = a_proposed_bid(at=night, closes_at=AT + timedelta(days=2))
    item = proposal.release.product.item
    approve_grade(a_proposed_grade(item, "R3", valid_from=business_date(tomorrow)))
    code = code_for(proposal, at=tomorrow - 3 * MINUTE)
    with pytest.raises(LookAgain):
        confirm_order(proposal=proposal, code=code, actor=ACTOR, at=tomorrow)
    moved = ask_again(proposal=proposal, actor=ACTOR, at=tomorrow)
    assert (moved.decision == proposal.decision, moved.book) == (False, proposal.book)
    with pytest.raises(DutyOpen):  # another grade than was told
        confirmed(moved, at=tomorrow)
    assert not Bid.objects.exists()


def test_no_and_taking_back_leave_no_bid_and_the_outlet_types_anew():
    proposal = a_proposed_bid()
    refuse_order(proposal=proposal, actor=ACTOR, at=AT)
    again = a_proposal(proposal.release, AMOUNT * 2)
    helper = again.release.helper
    assert helper is not None
    withdraw_order(proposal=again, helper=helper, at=AT)
    assert confirmed(a_proposal(proposal.release, AMOUNT * 3)).amount == AMOUNT * 3


def test_a_plan_takes_no_more_customers_than_the_law_allows(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        "products.use_cases.plan_checks.plans_on", lambda on: type("Few", (), {"holders": 1})
    )
    product = a_plan(channels=["outlet"])
    amount = {"minimum": Decimal(300_000), "step": Decimal(10_000), "target": Decimal(900_000)}
    a_book(product, **amount)
    first = a_proposal(_proved(product, "+8613900139100"), Decimal(300_000))
    second = a_proposal(_proved(product, "+8613900139101"), Decimal(300_000))
    confirmed(first)
    with pytest.raises(UnableToOrder, match="law allows"):
        confirmed(second)


def _proved(product: Any, phone: str) -> SaleRelease:
    """An open sale of somebody who may have plans."""
    buyer = a_buyer(phone)
    approve(a_proof(buyer))
    return an_open_sale(buyer, product)


def test_by_constraint_it_is_an_order_of_a_day_or_a_bid_in_a_book():
    proposal = a_proposed_bid()
    for wrong in ({"dealing_day": AT.date()}, {"book": None}, {"status": "ordered"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CounterOrder.objects.filter(pk=proposal.pk).update(**({"ended_at": AT} | wrong))


def test_it_stays_with_its_bid_and_is_forgotten_with_it():
    made = confirmed(a_proposed_bid())
    other = a_release(a_buyer("+8613900139101"), made.book.product)
    end_sale(release=other, ended_by=ReleaseEnd.STAFF, actor=ACTOR, at=AT)
    later = AT + timedelta(days=1)
    assert forget_sales(old_sales(later)) == 1
    forget_bids(Bid.objects.filter(pk=made.pk))
    assert not CounterOrder.objects.exists()
    assert forget_sales(old_sales(later)) == 1
