"""One customer may have only so much of a product: when they bid, and when it is shared out."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from brokerage.core import clock
from brokerage.journal.delivery import deliver_pending
from brokerage.messaging.models import Message
from products.gateways.sandbox import PlayedPayments
from products.models import Bid, Book, Product
from products.selectors.exposure import committed
from products.states import BidStatus
from products.use_cases.bidding import refund_bid, withdraw_bid
from products.use_cases.order_checks import UnableToOrder
from products.use_cases.sharing_out import share_out
from tests.products.factories import (
    a_book,
    a_buyer,
    a_closing,
    a_product,
    a_told_decision,
    approve,
    proposed_terms,
)
from tests.products.test_books import CLOSES, bid, closed, got, paid
from tests.suitability.factories import ACTOR, AT
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
TOMORROW = AT.date() + timedelta(days=1)


@pytest.fixture
def buyer() -> Any:
    return a_buyer()


def limited(most: int = 3000) -> Product:
    return a_product("R2", family="bond", terms={"most_held": Decimal(most)})


def lowered(product: Product, most: int) -> None:
    """From tomorrow on, the day on which the books of these tests close."""
    terms = proposed_terms(product, most_held=Decimal(most), valid_from=TOMORROW)
    approve(terms)


def test_bids_keep_to_the_limit_together_and_make_room_again(buyer: Any) -> None:
    product = limited()
    book, other = a_book(product), a_book(product)
    decision = a_told_decision(buyer, product)
    (first,) = paid(buyer, book, "2000")
    with pytest.raises(UnableToOrder, match="at most") as refused:
        bid(buyer, other, "2000", decision=decision)
    assert refused.value.field == "amount"
    assert bid(buyer, other, "1000", decision=decision).pk
    assert committed(buyer, product) == Decimal(3000)
    withdraw_bid(bid=first, actor=ACTOR, at=AT)
    assert committed(buyer, product) == Decimal(1000)
    assert bid(buyer, book, "2000", decision=decision).pk
    assert bid(a_buyer("+8613900139101"), book, "3000").pk  # each has a limit of their own


def test_the_page_says_the_limit_first_and_refuses_beside_the_field(
    buyer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    book = a_book(limited())
    a_told_decision(buyer, book.product)
    client = sign_in(Client(headers={"accept-language": "en"}), buyer.user)
    address = f"/products/{book.product.item.code}/book/"
    assert "3,000.00 of it at most" in client.get(address).content.decode()
    answer = client.post(address, {"amount": "4000", "key": uuid4()})
    text = answer.content.decode()
    assert (answer.status_code, 'value="4000"' in text) == (409, True)
    assert "held or ordered are" in text


def test_what_was_allotted_counts_in_the_next_book(buyer: Any) -> None:
    product = limited()
    first = a_book(product)
    paid(buyer, first, "2000")
    share_out(book=closed(first), at=CLOSES)
    second = a_book(product, opens_at=AT, closes_at=CLOSES + timedelta(days=9))
    decision = a_told_decision(buyer, product, at=CLOSES)
    with pytest.raises(UnableToOrder, match="at most"):
        bid(buyer, second, "2000", decision=decision, at=CLOSES)
    assert bid(buyer, second, "1000", decision=decision, at=CLOSES).pk


def test_a_limit_that_was_lowered_holds_when_it_is_shared_out(buyer: Any) -> None:
    product, other = limited(9000), a_buyer("+8613900139101")
    book = a_book(product, target=Decimal(8000))
    paid(buyer, book, "2000", "4000", "1000")
    paid(other, book, "3000")
    lowered(product, 3000)
    closed(book)
    found = {row.amount: row.most for row in Bid.objects.filter(book=book)}
    # the earlier bid first: 2,000 whole, 1,000 of 4,000, nothing of the last
    assert found == {2000: None, 4000: Decimal(1000), 1000: Decimal(0), 3000: None}
    share_out(book=book, at=CLOSES, batch=1)
    mine = list(Bid.objects.filter(customer=buyer).order_by("placed_at"))
    assert [row.allotted for row in mine] == [2000, 1000, 0]
    assert [row.refund for row in mine] == [0, 3000, 1000]
    assert Bid.objects.get(customer=other).allotted == Decimal(3000)
    before = got(book)
    share_out(book=book, at=CLOSES + timedelta(days=1))
    assert got(book) == before


def test_more_is_left_for_others_where_a_limit_holds_one_back(buyer: Any) -> None:
    product, other = limited(9000), a_buyer("+8613900139101")
    book = a_book(product, target=Decimal(4000))
    paid(buyer, book, "6000")
    paid(other, book, "3000")
    lowered(product, 3000)
    share_out(book=closed(book), at=CLOSES)
    assert got(book) == [Decimal(2000), Decimal(2000)]  # 3,000 each count, not 6,000


def test_the_customer_reads_why(buyer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    book = a_book(limited(9000))
    (row,) = paid(buyer, book, "5000")
    lowered(book.product, 3500)
    share_out(book=closed(book), at=CLOSES)
    row.refresh_from_db()
    assert [row.most, row.allotted, row.refund] == [3500, 3000, 2000]  # whole steps
    assert refund_bid(bid=row, gateway=PlayedPayments(), at=CLOSES).refunded_at == CLOSES
    deliver_pending()
    assert Message.objects.filter(text__kind="products.bid_limited").count() == 1
    assert not Message.objects.filter(text__kind="products.bid_partly").exists()
    monkeypatch.setattr(clock, "now", lambda: CLOSES)
    client = sign_in(Client(headers={"accept-language": "en"}), buyer.user)
    text = client.get(f"/products/bids/{row.ref}/").content.decode()
    assert "You may have no more of this product" in text
    assert "3,500.00" in text


def test_nobody_has_to_have_less_than_before(buyer: Any) -> None:
    product = limited(9000)
    first = a_book(product)
    paid(buyer, first, "4000")
    share_out(book=closed(first), at=CLOSES)
    second: Book = a_book(product)
    paid(buyer, second, "1000")
    lowered(product, 2000)
    approve(a_closing(second), at=CLOSES)
    share_out(book=second, at=CLOSES)
    row = Bid.objects.get(book=second)
    assert row.status == BidStatus.NOTHING
    assert [row.most, row.refund] == [0, 1000]
    assert Bid.objects.get(book=first).allotted == Decimal(4000)


def test_the_database_allots_no_more_than_counts(buyer: Any) -> None:
    (row,) = paid(buyer, a_book(limited()), "2000")
    for wrong in ({"most": -1}, {"most": 500, "allotted": 1000}):
        with pytest.raises(IntegrityError, match="no_more_is_allotted"), transaction.atomic():
            Bid.objects.filter(pk=row.pk).update(**wrong)
