"""A book that fails: called off by two, all back to the cent; its least sum and quota."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brokerage.core import clock
from brokerage.core.four_eyes import FourEyesRefused
from brokerage.core.roles import Role
from brokerage.journal.delivery import deliver_pending
from brokerage.messaging.models import Message
from products import tasks
from products.gateways.sandbox import PlayedPayments
from products.models import Bid, Book, BookCount, Closing, Quota
from products.selectors.books import figures_of
from products.states import BidStatus
from products.use_cases import sharing_out
from products.use_cases.bidding import pay_bid, refund_bid, withdraw_bid
from products.use_cases.bookkeeping import ask_to_call_off, ask_to_close
from products.use_cases.order_checks import UnableToOrder
from products.use_cases.refusals import UnableToList
from products.use_cases.sharing_out import share_out
from products.use_cases.suspending import suspend
from tests.branches.factories import make_staff, make_staff_user
from tests.products.factories import (
    a_book,
    a_buyer,
    a_closing,
    a_product,
    a_proposed_book,
    approve,
)
from tests.products.test_books import CLOSES, bid, paid
from tests.suitability.factories import ACTOR, AT
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
REASON = "发行人取消发行"


@pytest.fixture
def buyer():
    return a_buyer()


def asked(book: Book, at: Any = AT, reason: str = REASON) -> Closing:
    return ask_to_call_off(book=book, reason=reason, maker=make_staff_user(), at=at)


def called_off(book: Book, at: Any = AT) -> Book:
    approve(asked(book, at), at=at)
    return book


def test_a_book_is_called_off_in_its_time_and_everything_goes_back(buyer):
    book = a_book()
    rows = paid(buyer, book, "3000", "1000")
    called_off(book)
    with pytest.raises(UnableToOrder):
        bid(buyer, book)
    with pytest.raises(UnableToOrder):
        withdraw_bid(bid=rows[0], actor=ACTOR, at=AT)
    for _ in range(2):
        share_out(book=book, at=AT)
    found = Bid.objects.order_by("pk").values_list("status", "allotted", "refund")
    whole = [("returned", Decimal(0), Decimal(each)) for each in (3000, 1000)]
    assert list(found) == whole
    figures = figures_of(book)
    assert figures.bids == 2
    assert figures.demand == figures.to_pay_back == Decimal(4000)
    deliver_pending()
    told = Message.objects.filter(user=buyer.user, text__kind__startswith="products.")
    assert list(told.values_list("text__kind", flat=True)) == ["products.bid_returned"] * 2


def test_it_takes_a_reason_and_two_people_and_ends_once(buyer):
    book = a_book()
    with pytest.raises(UnableToList):
        asked(book, reason="  ")
    with pytest.raises(UnableToList):
        asked(a_proposed_book())
    row = asked(book)
    with pytest.raises(UnableToList):
        asked(book)
    assert Book.objects.open(AT).filter(pk=book.pk).exists()  # until a second person agrees
    with pytest.raises(UnableToList):
        ask_to_close(book=book, maker=make_staff_user(), at=CLOSES)
    with pytest.raises(IntegrityError, match="says_why"), transaction.atomic():
        Closing.objects.filter(pk=row.pk).update(reason="")


def test_money_that_was_on_its_way_goes_back_too_and_frees_the_quota(
    buyer, monkeypatch: pytest.MonkeyPatch
):
    product = a_product("R2", family="bond", terms={"quota": Decimal(150_000)})
    book = a_book(product)
    assert Quota.objects.get().taken == 100_000
    late, silent = bid(buyer, book, "2000"), bid(buyer, book, "1000")
    called_off(book)
    share_out(book=book, at=AT)
    assert Quota.objects.get().taken == 100_000  # bids are still on their way
    pay_bid(bid=late, gateway=PlayedPayments(), at=AT)
    Bid.objects.filter(pk=silent.pk).update(status="unpaid", ended_at=AT)
    monkeypatch.setattr(clock, "now", lambda: AT)
    for _ in range(2):
        tasks.carry_books_on(0)
    late.refresh_from_db()
    assert (late.status, late.refunded_at) == (BidStatus.RETURNED, AT)
    assert Quota.objects.get().taken == 0


def test_what_is_called_off_pays_nobody_less_by_constraint(buyer):
    book = a_book()
    (row,) = paid(buyer, book, "3000")
    share_out(book=called_off(book), at=AT)
    with pytest.raises(IntegrityError, match="goes_back_whole"), transaction.atomic():
        Bid.objects.filter(pk=row.pk).update(allotted=1000, refund=2000)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(amounts=st.lists(st.integers(1, 40), min_size=1, max_size=5), cut=st.integers(0, 5))
def test_all_money_is_back_to_the_cent_wherever_the_worker_was_cut_off(
    buyer, amounts: list[int], cut: int
):
    with transaction.atomic():
        book = a_book()
        paid(buyer, book, *(str(1000 * each) for each in amounts))
        called_off(book)
        left = iter(range(cut))

        def dies(*args: Any, **values: Any) -> None:
            if next(left, None) is None:
                raise KeyboardInterrupt

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sharing_out, "record", dies)
            if cut < len(amounts):
                with pytest.raises(KeyboardInterrupt):
                    share_out(book=book, at=AT, batch=2)
        share_out(book=book, at=AT, batch=2)
        for row in Bid.objects.filter(book=book).select_related("customer", "book"):
            refund_bid(bid=row, gateway=PlayedPayments(), at=AT)
        rows = Bid.objects.filter(book=book)
        assert sum(row.refund or 0 for row in rows) == 1000 * sum(amounts)
        assert all(row.refunded_at for row in rows)
        transaction.set_rollback(True)


def test_below_the_least_sum_a_book_can_only_be_called_off(buyer):
    book = a_book(least=Decimal(5000))
    paid(buyer, book, "3000", "1000")
    with pytest.raises(UnableToList, match="5,000"):
        a_closing(book)
    share_out(book=called_off(book, CLOSES), at=CLOSES)
    assert set(Bid.objects.values_list("status", flat=True)) == {BidStatus.RETURNED}


def test_the_least_sum_counts_what_limits_leave(buyer):
    product = a_product("R2", family="bond", terms={"most_held": Decimal(10_000)})
    book = a_book(product, least=Decimal(5000))
    paid(buyer, book, "5000")
    row = a_closing(book)
    Bid.objects.update(most=Decimal(4000))
    with pytest.raises(FourEyesRefused, match="5,000"), transaction.atomic():
        approve(row, at=CLOSES)


@pytest.mark.parametrize("least", [Decimal(0), Decimal(100_001)])
def test_a_least_sum_is_between_nothing_and_the_target(least: Decimal):
    with pytest.raises(UnableToList):
        a_proposed_book(least=least)


def test_a_suspended_product_is_not_shared_out_but_can_be_called_off(buyer):
    book = a_book()
    paid(buyer, book, "3000")
    row = a_closing(book)
    suspend(product=book.product, reason="核查", by=make_staff_user(), at=CLOSES)
    with pytest.raises(FourEyesRefused), transaction.atomic():
        approve(row, at=CLOSES)
    other = a_book()
    suspend(product=other.product, reason="核查", by=make_staff_user(), at=AT)
    with pytest.raises(UnableToList):
        a_closing(other)
    assert called_off(other, CLOSES).closings.approved().get().calls_off


def test_books_share_a_quota_and_give_back_what_they_do_not_allot(buyer):
    product = a_product("R2", family="bond", terms={"quota": Decimal(150_000)})
    book = a_book(product)
    with pytest.raises(FourEyesRefused, match="50,000"), transaction.atomic():
        a_book(product)
    paid(buyer, book, "30000")
    approve(a_closing(book), at=CLOSES)
    for _ in range(2):
        share_out(book=book, at=CLOSES)
    assert Quota.objects.get().taken == 30_000
    assert BookCount.objects.get(book=book).reserved == 30_000
    times = {"opens_at": CLOSES, "closes_at": CLOSES + timedelta(days=1)}
    assert a_book(product, **times).is_approved


def test_a_book_takes_no_less_than_its_terms_do():
    product = a_product("R2", family="bond", terms={"minimum": Decimal(5000)})
    with pytest.raises(UnableToList) as refused:
        a_proposed_book(product)
    assert "minimum" in refused.value.errors


def test_the_desk_calls_off_on_the_page_and_what_is_missing_is_said(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(clock, "now", lambda: AT)
    book = a_book()
    client = sign_in(Client(), make_staff(Role.HEAD_OFFICE))
    address = f"/admin/products/book/{book.ref}/act/call_off/"
    client.post(address, {"reason": ""})
    assert not Closing.objects.exists()
    client.post(address, {"reason": REASON})
    row = Closing.objects.get()
    assert (row.calls_off, row.reason) == (True, REASON)
    shown = client.get(f"/admin/products/closing/{row.ref}/change/").content.decode()
    assert REASON in shown
