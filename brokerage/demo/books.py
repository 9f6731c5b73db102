"""Subscription books of the demonstration: one open, one shared out with bids of customers."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from accounts.models import Application
from accounts.states import Status
from brokerage.backoffice.four_eyes import Decision, decide
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.customers.models import Customer
from brokerage.demo.orders import told_match
from brokerage.demo.staff import staff_with
from brokerage.journal.actors import Actor
from products.gateways.sandbox import PlayedPayments
from products.models import Bid, Book, Closing, Product
from products.states import Allocation
from products.use_cases.bidding import pay_bid, place_bid, refund_bid
from products.use_cases.bookkeeping import ask_to_close, propose_book
from products.use_cases.order_checks import UnableToOrder, place_of
from products.use_cases.sharing_out import share_out

SPACE = UUID("6a3f2f0c-92a1-4f53-8a0a-0d6a1a1c5b11")
OPEN, SHARED = "DEMO-BANKBOND", "DEMO-TREASURY"
BIDS = ("60000", "30000", "45000")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def build_books(*, at: datetime) -> int:
    """Publish two books of the branch company of the customers; returns how many were made."""
    active = Application.objects.filter(status=Status.ACTIVE).values("customer")
    customers = list(Customer.objects.filter(pk__in=active).order_by("pk")[: len(BIDS)])
    if Book.objects.exists() or not customers:
        return 0
    company = place_of(customers[0], business_date(at)).company
    begun = at - 2 * DAY
    past = _book(SHARED, company, begun, opens_at=begun, closes_at=at - HOUR)
    for customer, amount in zip(customers, BIDS, strict=False):
        _bid(customer, past, Decimal(amount), at - DAY)
    _share_out(past, at)
    current = _book(OPEN, company, at, opens_at=at - HOUR, closes_at=at + 14 * DAY)
    for customer in customers:
        _bid(customer, current, Decimal(20_000), at)
    return Book.objects.count()


def _book(code: str, company: Any, at: datetime, **times: Any) -> Book:
    maker, checker = staff_with(Role.HEAD_OFFICE)[:2]
    row = propose_book(
        product=Product.objects.get(item__code=code),
        company=company,
        target=Decimal(100_000),
        minimum=Decimal(1000),
        step=Decimal(1000),
        allocation=Allocation.PRO_RATA,
        maker=maker,
        at=at,
        **times,
    )
    return decide(model=Book, ref=row.ref, checker=checker, decision=Decision.APPROVED, at=at)


def _bid(customer: Customer, book: Book, amount: Decimal, at: datetime) -> None:
    """As on the portal; what does not suit is left."""
    decision = told_match(customer, book.product, at)
    if decision is None:
        return
    actor = Actor.of(customer.user) if customer.user else Actor.system("demo")
    try:
        made = place_bid(
            customer=customer,
            book=book,
            amount=amount,
            decision=decision,
            key=uuid5(SPACE, f"{customer.ref}:{book.product.item.code}"),
            actor=actor,
            at=at,
        )
    except UnableToOrder:
        return
    pay_bid(bid=made, gateway=PlayedPayments(), at=at)


def _share_out(book: Book, at: datetime) -> None:
    maker, checker = staff_with(Role.HEAD_OFFICE)[:2]
    row = ask_to_close(book=book, maker=maker, at=at)
    decide(model=Closing, ref=row.ref, checker=checker, decision=Decision.APPROVED, at=at)
    share_out(book=book, at=at)
    for bid in Bid.objects.filter(book=book).select_related("customer", "book"):
        refund_bid(bid=bid, gateway=PlayedPayments(), at=at)
