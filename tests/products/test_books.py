"""Subscription books: the rule is known before, every yuan is allotted or paid back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from brokerage.core import clock
from brokerage.core.four_eyes import FourEyesRefused
from brokerage.core.roles import Role
from brokerage.core.states import IllegalTransition
from brokerage.journal.delivery import deliver_pending
from brokerage.journal.record import record
from brokerage.messaging.models import Message
from products.gateways.sandbox import PlayedPayments
from products.models import Bid, Book, BookCount
from products.selectors.books import figures_of
from products.states import BID_TRANSITIONS, BidStatus
from products.use_cases import sharing_out
from products.use_cases.bidding import pay_bid, place_bid, refund_bid, withdraw_bid
from products.use_cases.bookkeeping import ask_to_close
from products.use_cases.order_checks import UnableToOrder
from products.use_cases.refusals import UnableToList
from products.use_cases.sharing_out import share_out
from products.use_cases.suspending import suspend
from suitability.use_cases.duties import DutyOpen
from tests.branches.factories import make_staff, make_staff_user, make_unit
from tests.products.factories import (
    a_book,
    a_buyer,
    a_closing,
    a_product,
    a_proposed_book,
    a_told_decision,
    approve,
)
from tests.suitability.factories import ACTOR, AT
from tests.suitability.matching import a_decision
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
CLOSES = AT + timedelta(days=1)


@pytest.fixture
def buyer():
    return a_buyer()


def bid(buyer: Any, book: Book, amount: str = "1000", **values: Any) -> Bid:
    given = {"customer": buyer, "book": book, "amount": Decimal(amount), "key": uuid4()}
    given |= {"actor": ACTOR, "at": AT}
    if "decision" not in values:
        given["decision"] = a_told_decision(buyer, book.product)
    return place_bid(**(given | values))


def paid(buyer: Any, book: Book, *amounts: str) -> list[Bid]:
    """Paid bids, a minute apart."""
    decision = a_told_decision(buyer, book.product)
    return [
        pay_bid(
            bid=bid(buyer, book, each, decision=decision, at=AT + timedelta(minutes=place)),
            gateway=PlayedPayments(),
            at=AT,
        )
        for place, each in enumerate(amounts)
    ]


def closed(book: Book) -> Book:
    approve(a_closing(book), at=CLOSES)
    return book


def got(book: Book) -> list[Decimal | None]:
    return list(Bid.objects.filter(book=book).in_turn().values_list("allotted", flat=True))


def test_the_rule_is_published_before_the_book_closes_or_never():
    late = a_proposed_book()
    with pytest.raises(FourEyesRefused):
        approve(late, at=CLOSES)
    with pytest.raises(IntegrityError, match="rule_is_published"), transaction.atomic():
        Book.objects.filter(pk=late.pk).update(
            decision="approved", checked_by_ref=uuid4(), checked_at=CLOSES
        )
    book = a_book()
    assert book.rule_version
    for changed in ({"allocation": "by_time"}, {"rule_version": "x"}, {"target": 1}):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            Book.objects.filter(pk=book.pk).update(**changed)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"target": Decimal(500)}, None),
        ({"minimum": Decimal(1500)}, "step"),
        ({"closes_at": AT - timedelta(minutes=1)}, "closes_at"),
        ({"allocation": "lottery"}, "allocation"),
    ],
)
def test_a_book_that_cannot_be_is_refused(values: dict[str, Any], field: str | None):
    with pytest.raises(UnableToList) as refused:
        a_proposed_book(**values)
    assert field is None or field in refused.value.errors


def test_a_book_belongs_to_a_branch_company_and_to_what_is_sold_by_books():
    with pytest.raises(UnableToList, match="branch company"):
        a_proposed_book(company=make_unit())
    with pytest.raises(UnableToList):
        a_proposed_book(a_product("R2"))
    book = a_book()
    with pytest.raises(IntegrityError, match="branch company"), transaction.atomic():
        Book.objects.filter(pk=a_proposed_book().pk).update(company=make_unit())
    assert book.company.kind == "branch_company"


@pytest.mark.parametrize(
    ("amount", "said"),
    [("999", "least"), ("1500", "steps"), ("0", "least"), ("-1000", "least"), ("1e19", "large")],
)
def test_an_amount_that_cannot_be_is_refused_beside_its_field(buyer, amount: str, said: str):
    with pytest.raises(UnableToOrder, match=said) as refused:
        bid(buyer, a_book(), amount)
    assert refused.value.field == "amount"


def test_bids_are_taken_within_the_time_of_the_book_alone(buyer):
    book = a_book(opens_at=AT)
    decision = a_told_decision(buyer, book.product)
    for at in (AT - timedelta(seconds=1), CLOSES):
        with pytest.raises(UnableToOrder, match="no bids"):
            bid(buyer, book, decision=decision, at=at)
    assert bid(buyer, book, decision=decision).pk
    suspend(product=book.product, reason="暂停", by=make_staff_user(), at=AT)
    with pytest.raises(UnableToOrder, match="not for sale"):
        bid(buyer, book, decision=decision)


def test_nothing_is_bid_before_the_customer_was_told(buyer):
    book = a_book()
    with pytest.raises(DutyOpen):
        bid(buyer, book, decision=a_decision(buyer, book.product.item))


def test_the_same_key_is_the_same_bid_and_never_another(buyer):
    book, key = a_book(), uuid4()
    decision = a_told_decision(buyer, book.product)
    first = bid(buyer, book, key=key, decision=decision)
    assert bid(buyer, book, key=key, decision=decision) == first
    with pytest.raises(UnableToOrder):
        bid(buyer, book, "2000", key=key, decision=decision)
    assert BookCount.objects.get().taken == Decimal(1000)


def test_more_than_there_is_is_shared_in_proportion_and_the_rest_paid_back(buyer):
    book = a_book(target=Decimal(10_000))
    paid(buyer, book, "10000", "10000", "5000")
    share_out(book=closed(book), at=CLOSES, batch=2)
    assert got(book) == [Decimal(4000), Decimal(4000), Decimal(2000)]
    given: list[Decimal] = []

    class Counting(PlayedPayments):
        def give_back(self, *, amount: Decimal, **values: Any) -> None:
            given.append(amount)

    for _ in range(2):
        for each in Bid.objects.select_related("customer", "book").order_by("pk"):
            refund_bid(bid=each, gateway=Counting(), at=CLOSES)
    assert given == [Decimal(6000), Decimal(6000), Decimal(3000)]
    figures = figures_of(book)
    assert (figures.left, figures.allotted) == (0, Decimal(10_000))
    assert not figures.to_pay_back


def test_a_book_is_reckoned_once_however_many_batches(buyer):
    book = a_book(target=Decimal(10_000))
    paid(buyer, book, "10000", "10000", "5000", "5000")
    closed(book)
    with CaptureQueriesContext(connection) as caught:
        share_out(book=book, at=CLOSES, batch=1)
    reckoned = [each for each in caught.captured_queries if '"placed_at" ASC' in each["sql"]]
    assert len(reckoned) == 1
    assert got(book) == [Decimal(3000), Decimal(3000), Decimal(2000), Decimal(2000)]


def test_first_come_first_served_takes_no_more_than_there_is(buyer):
    book = a_book(target=Decimal(10_000), allocation="by_time")
    paid(buyer, book, "8000")
    with pytest.raises(UnableToOrder, match="left"):
        bid(buyer, book, "3000")
    paid(buyer, book, "2000")
    share_out(book=closed(book), at=CLOSES)
    assert got(book) == [Decimal(8000), Decimal(2000)]


def test_what_is_taken_back_or_unpaid_makes_room_again(buyer):
    book = a_book(target=Decimal(1000), step=Decimal("0.01"), allocation="by_time")
    (first,) = paid(buyer, book, "1000")
    done = withdraw_bid(bid=first, actor=ACTOR, at=CLOSES - timedelta(seconds=1))
    assert (done.status, done.refund) == (BidStatus.WITHDRAWN, Decimal(1000))
    assert BookCount.objects.get().taken == 0
    (again,) = paid(buyer, book, "1000")
    with pytest.raises(UnableToOrder):
        withdraw_bid(bid=again, actor=ACTOR, at=CLOSES)


def test_without_enough_money_a_bid_ends_and_its_customer_is_told(buyer):
    book = a_book(step=Decimal("0.01"))
    (poor,) = paid(buyer, book, "1000.13")
    assert poor.status == BidStatus.UNPAID
    assert BookCount.objects.get().taken == 0
    deliver_pending()
    assert Message.objects.filter(text__kind="products.bid_unpaid").count() == 1


def test_a_closing_waits_for_the_time_the_money_and_a_second_person(buyer):
    book = a_book()
    (first,) = paid(buyer, book, "1000")
    with pytest.raises(UnableToList, match="still takes"):
        ask_to_close(book=book, maker=make_staff_user(), at=CLOSES - timedelta(seconds=1))
    open_one = bid(buyer, book, "2000")
    with pytest.raises(UnableToList, match="on its way"):
        ask_to_close(book=book, maker=make_staff_user(), at=CLOSES)
    pay_bid(bid=open_one, gateway=PlayedPayments(), at=AT)
    row = a_closing(book)
    assert (row.bids, row.demand) == (2, Decimal(3000))
    share_out(book=book, at=CLOSES)  # nobody has agreed
    assert got(book) == [None, None]
    with pytest.raises(UnableToList, match="already"):
        a_closing(book)
    approve(row, at=CLOSES)
    share_out(book=book, at=CLOSES)
    assert got(book) == [Decimal(1000), Decimal(2000)]
    assert first.pk


class Killed(BaseException):
    """The worker's process ends here."""


def dying(real: Callable[..., Any], after: int) -> Callable[..., Any]:
    calls = iter(range(after))

    def call(*args: Any, **values: Any) -> Any:
        if next(calls, None) is None:
            raise Killed
        return real(*args, **values)

    return call


@pytest.mark.parametrize("after", [0, 1, 2, 3, 5])
def test_the_books_balance_after_the_worker_was_killed_in_the_middle(
    buyer, after: int, monkeypatch: pytest.MonkeyPatch
):
    book = a_book(target=Decimal(7000))
    paid(buyer, book, "3000", "1000", "4000", "2000", "1000", "5000")
    closed(book)
    real = record
    monkeypatch.setattr(sharing_out, "record", dying(real, after))
    with pytest.raises(Killed), transaction.atomic():
        share_out(book=book, at=CLOSES, batch=2)
    monkeypatch.setattr(sharing_out, "record", real)
    share_out(book=book, at=CLOSES + timedelta(minutes=10), batch=2)
    rows = list(Bid.objects.filter(book=book).in_turn())
    assert sum(row.allotted or 0 for row in rows) == Decimal(7000)
    assert all(row.amount == (row.allotted or 0) + (row.refund or 0) for row in rows)
    before = got(book)
    share_out(book=book, at=CLOSES + timedelta(days=1))
    assert got(book) == before


def test_the_customer_is_told_what_the_bid_came_to(buyer):
    book = a_book(target=Decimal(2000))
    paid(buyer, book, "1000", "1000", "1000")
    share_out(book=closed(book), at=CLOSES)
    deliver_pending()
    kinds = Message.objects.filter(text__kind__startswith="products.bid_")
    assert sorted(kinds.values_list("text__kind", flat=True)) == [
        "products.bid_allotted",
        "products.bid_allotted",
        "products.bid_nothing",
    ]


@pytest.mark.parametrize("old", BidStatus.values)
@pytest.mark.parametrize("new", BidStatus.values)
def test_a_bid_steps_only_along_its_table(old: str, new: str):
    made = Bid(status=old)
    if BID_TRANSITIONS.allows(old, new):
        made.move_to(new)
        assert made.status == new
    else:
        with pytest.raises(IllegalTransition):
            made.move_to(new)


def test_a_customer_bids_on_the_page_and_takes_it_back(buyer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clock, "now", lambda: AT)
    book = a_book()
    a_told_decision(buyer, book.product)
    client = sign_in(Client(headers={"accept-language": "zh-hans"}), buyer.user)
    address = f"/products/{book.product.item.code}/book/"
    page = client.get(address)
    key = page.context["form"].initial["key"]
    wrong = client.post(address, {"amount": "1,500", "key": key})
    assert wrong.status_code == 409
    assert "1,500" in wrong.content.decode()  # what was typed stays
    shown = client.post(address, {"amount": "2000", "key": key})
    told = shown.context["form"].initial
    given = {"amount": "2000", "key": key, "decision": told["decision"], "step": "place"}
    answer: Any = client.post(address, given)
    made = Bid.objects.get()
    assert answer.url == f"/products/bids/{made.ref}/"
    pay_bid(bid=made, gateway=PlayedPayments(), at=AT)
    assert "撤回认购" in client.get(answer.url).content.decode()
    client.post(answer.url)
    assert Bid.objects.get().status == BidStatus.WITHDRAWN
    assert "2,000.00" in client.get("/products/orders/").content.decode()


def test_the_page_of_a_book_asks_for_its_figures_once(buyer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clock, "now", lambda: AT)
    book = a_book()
    paid(buyer, book, "1000")
    client = sign_in(Client(headers={"accept-language": "en"}), make_staff(Role.HEAD_OFFICE))
    with CaptureQueriesContext(connection) as asked:
        shown = client.get(f"/admin/products/book/{book.ref}/change/").content.decode()
    assert "1,000.00" in shown
    assert sum('SUM("products_bid"."amount")' in one["sql"] for one in asked) == 1
