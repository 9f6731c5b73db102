"""A payment that nobody answers ends its order or bid in time, and late money goes back once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from brokerage.core import clock
from brokerage.core.outbound import Answer
from brokerage.journal.delivery import deliver_pending
from brokerage.messaging.models import Message
from products import tasks
from products.gateways.base import Unavailable
from products.gateways.payment import HttpPaymentGateway
from products.gateways.sandbox import PlayedPayments
from products.models import Bid, BookCount, Order, Quota
from products.use_cases.bidding import pay_bid, refund_bid, revoke_bid
from products.use_cases.bookkeeping import ask_to_close
from products.use_cases.carrying import pay, refund, revoke_order
from tests.branches.factories import make_staff_user
from tests.products.factories import a_book, a_buyer, a_product
from tests.products.test_books import bid as place_bid
from tests.products.test_orders import order as place_order
from tests.suitability.factories import AT

pytestmark = pytest.mark.django_db
OVER = AT + timedelta(minutes=120)


@dataclass
class Steps:
    """What is the same for an order and a bid, under one name."""

    model: type[Any]
    noun: str
    place: Callable[[str], Any]
    pay: Callable[..., Any]
    revoke: Callable[..., Any]
    refund: Callable[..., Any]
    taken: Callable[[], Decimal]


@pytest.fixture(params=["order", "bid"])
def steps(request) -> Steps:
    buyer = a_buyer()
    if request.param == "order":
        product = a_product("R2", terms={"quota": Decimal(5000)})
        return Steps(
            Order,
            "order",
            lambda amount: place_order(buyer, product, amount=Decimal(amount)),
            lambda row, **values: pay(order=row, **values),
            lambda row, **values: revoke_order(order=row, **values),
            lambda row, **values: refund(order=row, **values),
            lambda: Quota.objects.get().taken,
        )
    book = a_book(step=Decimal("0.01"))
    return Steps(
        Bid,
        "bid",
        lambda amount: place_bid(buyer, book, amount),
        lambda row, **values: pay_bid(bid=row, **values),
        lambda row, **values: revoke_bid(bid=row, **values),
        lambda row, **values: refund_bid(bid=row, **values),
        lambda: BookCount.objects.get().taken,
    )


def lapsed(steps: Steps, amount: str) -> Any:
    return steps.pay(steps.place(amount), gateway=PlayedPayments(), at=OVER)


def kinds() -> list[str]:
    deliver_pending()
    told = Message.objects.filter(text__kind__startswith="products.")
    return sorted(told.values_list("text__kind", flat=True))


def test_until_the_clock_is_over_it_is_asked_again(steps: Steps):
    row = steps.place("1000.11")
    with pytest.raises(Unavailable):
        steps.pay(row, gateway=PlayedPayments(), at=OVER - timedelta(seconds=1))
    assert steps.model.objects.get().status == "placed"
    assert steps.taken() == Decimal("1000.11")


def test_after_it_the_place_is_free_again_and_the_customer_is_told(steps: Steps):
    row = lapsed(steps, "1000.11")
    assert (row.status, row.ended_at, row.paid_at) == ("lapsed", OVER, None)
    assert steps.taken() == 0
    again = steps.revoke(row, gateway=PlayedPayments(), at=OVER)
    assert (again.revoked_at, again.refund) == (OVER, None)
    assert kinds() == [f"products.{steps.noun}_lapsed"]


def test_money_that_was_taken_after_all_goes_back_once(steps: Steps):
    given: list[Decimal] = []

    class Counting(PlayedPayments):
        def give_back(self, *, key: UUID, customer: UUID, amount: Decimal, at: datetime) -> None:
            given.append(amount)

    row = lapsed(steps, "1000.12")
    for _ in range(2):
        row = steps.revoke(row, gateway=Counting(), at=OVER)
        row = steps.refund(row, gateway=Counting(), at=OVER)
    assert (row.status, row.refund, row.refunded_at) == ("lapsed", Decimal("1000.12"), OVER)
    assert given == [Decimal("1000.12")]
    assert steps.taken() == 0
    assert kinds() == [f"products.{steps.noun}_lapsed", f"products.{steps.noun}_paid_late"]


def test_an_answer_that_comes_while_it_ends_is_not_lost(steps: Steps):
    row = steps.place("1000.11")

    class Slow(PlayedPayments):
        """Says that it has the money when another worker has already given up."""

        def take(self, **values: Any) -> bool:
            steps.pay(row, gateway=PlayedPayments(), at=OVER)
            return True

    done = steps.pay(row, gateway=Slow(), at=OVER)
    assert (done.status, done.paid_at, done.refund) == ("lapsed", OVER, Decimal("1000.11"))
    assert steps.taken() == 0


@pytest.mark.parametrize("changed", [{"revoked_at": AT}, {"status": "lapsed", "paid_at": AT}])
def test_the_database_keeps_a_payment_to_its_clock(steps: Steps, changed: dict[str, Any]):
    steps.place("1000")
    with pytest.raises(IntegrityError), transaction.atomic():
        steps.model.objects.update(**changed)


def test_a_silent_payment_stops_no_other_and_its_book_can_close(
    monkeypatch: pytest.MonkeyPatch,
):
    book, buyer = a_book(step=Decimal("0.01")), a_buyer()
    silent, other = place_bid(buyer, book, "1000.11"), place_bid(buyer, book, "2000")
    for at in (AT, OVER):
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        tasks.carry_books_on(0)
    found = dict(Bid.objects.values_list("pk", "status"))
    assert found == {silent.pk: "lapsed", other.pk: "paid"}
    closing = ask_to_close(book=book, maker=make_staff_user(), at=book.closes_at)
    assert (closing.bids, closing.demand) == (1, Decimal(2000))


def test_the_request_is_withdrawn_under_its_own_key():
    asked: list[tuple[str, Any]] = []

    class Client:
        def call(self, method: str, path: str, *, body: Any, headers: dict[str, str]) -> Answer:
            asked.append((path, headers["Idempotency-Key"]))
            return Answer(200, {"result": ["taken", "not_taken", "?"][len(asked) - 1]})

    gateway = HttpPaymentGateway(Client())  # type: ignore[arg-type]  # plays the part that is asked
    values: dict[str, Any] = {
        "key": UUID(int=1),
        "customer": UUID(int=2),
        "amount": Decimal(1),
        "at": AT,
    }
    assert gateway.revoke(**values) is True
    assert gateway.revoke(**values) is False
    with pytest.raises(Unavailable):
        gateway.revoke(**values)
    assert set(asked) == {("/payments/revoke", f"{UUID(int=1)}:revoke")}


def test_nothing_is_paid_for_a_dealing_day_that_is_past():
    buyer, product = a_buyer(), a_product("R2", terms={"quota": Decimal(5000)})
    first = place_order(buyer, product, amount=Decimal(1000))
    second = place_order(buyer, product, amount=Decimal(2000))
    last = datetime.combine(first.dealing_day, time(23, 59, 59), clock.SHANGHAI)
    assert pay(order=first, gateway=PlayedPayments(), at=last).status == "paid"
    late = last + timedelta(seconds=1)
    ended = pay(order=second, gateway=PlayedPayments(), at=late)
    assert (ended.status, ended.paid_at) == ("lapsed", None)
    assert Quota.objects.get().taken == 1000
    again = revoke_order(order=ended, gateway=PlayedPayments(), at=late)
    assert (again.revoked_at, again.refund) == (late, None)
