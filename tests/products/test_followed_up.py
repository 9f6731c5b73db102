"""Sales that are certain may be drawn for a call by somebody who did not sell."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from products.handlers import follow_up_bid, follow_up_order
from products.models import CounterOrder
from suitability.models import SaleFollowUp
from tests.branches.factories import make_unit
from tests.products.counter import an_open_sale
from tests.products.factories import a_bid, a_book, a_buyer, a_product, an_order
from tests.suitability.factories import AT

pytestmark = pytest.mark.django_db
ENTRY = SimpleNamespace(at=AT)
ALL: dict[str, Any] = {"allotted": Decimal(1000), "refund": Decimal(0)}


def told_of(row: Any) -> Any:
    """What a handler reads of an event."""
    return SimpleNamespace(subject=row.ref)


def test_a_purchase_of_what_does_not_suit_is_called_once_and_a_fine_one_never() -> None:
    buyer, outlet = a_buyer(), make_unit()
    risky = an_order(buyer, outlet, a_product("R5"))
    for order in (risky, an_order(buyer, outlet)):
        follow_up_order(told_of(order), ENTRY)
    follow_up_order(told_of(risky), ENTRY)
    [row] = SaleFollowUp.objects.all()
    assert (row.sale_ref, row.sold_at, row.customer) == (risky.ref, AT, buyer)


def test_a_bid_is_called_where_something_was_allotted() -> None:
    book = a_book(a_product("R5", family="bond"))
    bid = a_bid(a_buyer(), make_unit(), book)
    follow_up_bid(told_of(bid), ENTRY)
    assert not SaleFollowUp.objects.exists()
    bid.status, bid.paid_at = "allotted", AT
    bid.allotted, bid.refund, bid.ended_at = bid.amount, 0, AT
    bid.save()
    follow_up_bid(told_of(bid), ENTRY)
    assert SaleFollowUp.objects.get().sale_ref == bid.ref


def test_who_took_a_bid_down_at_an_outlet_never_makes_the_call() -> None:
    book = a_book(a_product("R5", family="bond"))
    bid = a_bid(a_buyer(), make_unit(), book, status="allotted", paid_at=AT, ended_at=AT, **ALL)
    release = an_open_sale(a_buyer("+8613900139101"))
    CounterOrder.objects.create(
        release=release,
        decision=bid.decision,
        amount=bid.amount,
        book=book,
        bid=bid,
        status="ordered",
        proposed_at=AT,
        ended_at=AT,
    )
    follow_up_bid(told_of(bid), ENTRY)
    assert release.helper is not None
    assert SaleFollowUp.objects.get().seller == release.helper
