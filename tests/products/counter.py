"""Orders at a counter for tests: an outlet that sells funds, a release, what was taken down."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.use_cases.release_codes import code_hash, fresh_code
from branches.models import OrgUnit
from brokerage.core.roles import Role
from brokerage.journal.actors import Actor
from brokerage.users import codes
from brokerage.users.models import User
from products.models import Book, CounterOrder, Product, SaleRelease
from products.use_cases.counter_ordering import propose_order, send_code
from products.use_cases.counter_releasing import offer_sale, take_sale
from tests.branches.factories import give_licence, make_staff, make_unit, offer
from tests.products.factories import a_book, a_buyer, a_product, a_told_decision
from tests.suitability.factories import AT

AMOUNT = Decimal(1000)


def a_counter_product(grade: str = "R2", *, family: str = "fund", **terms: Any) -> Product:
    """A fund, or something else, that is sold at outlets only."""
    return a_product(grade, family=family, terms={"channels": ["outlet"]} | terms)


def a_counter_book(grade: str = "R2", **values: Any) -> Book:
    """A published book of a bond that is sold at outlets only; `terms` and `item` are of it."""
    given = {name: values.pop(name) for name in ("terms", "item") if name in values}
    terms = {"channels": ["outlet"]} | given.pop("terms", {})
    return a_book(a_product(grade, family="bond", terms=terms, **given), **values)


def a_seller(outlet: OrgUnit | None = None) -> User:
    """Somebody who may sell funds at an outlet that offers them."""
    unit = outlet or make_unit()
    offer(unit, "funds")
    seller = make_staff(Role.ADVISER, unit)
    give_licence(seller, "fund_sales")
    return seller


def outlet_of(seller: User) -> OrgUnit:
    """Where they sell."""
    return OrgUnit.objects.get(staff__user=seller)


def a_release(customer: Any = None, product: Product | None = None, *, at: datetime = AT):
    """A code that no outlet has typed yet, of a customer to whom all was told."""
    who, what = customer or a_buyer(), product or a_counter_product()
    a_told_decision(who, what, at=at)
    return offer_sale(customer=who, product=what, actor=Actor.of(who.user), at=at)


def a_bare_release(customer: Any) -> SaleRelease:
    """A code that no outlet has typed, made without the way there."""
    code = fresh_code()
    return SaleRelease.objects.create(
        customer=customer,
        applicant=customer.user,
        product=a_counter_product(),
        code=code,
        code_hash=code_hash(code),
        offered_at=AT,
        until=AT + timedelta(minutes=10),
    )


def an_open_sale(
    customer: Any = None,
    product: Product | None = None,
    seller: User | None = None,
    *,
    at: datetime = AT,
) -> SaleRelease:
    """A release that a seller opened with its code."""
    release, who = a_release(customer, product, at=at), seller or a_seller()
    return take_sale(code=release.code_text, outlet=outlet_of(who), helper=who, at=at)


def a_proposal(release: SaleRelease | None = None, amount: Decimal = AMOUNT, *, at: datetime = AT):
    """What was taken down under a release and waits for its customer."""
    row = release or an_open_sale(at=at)
    assert row.helper is not None
    return propose_order(release=row, amount=amount, helper=row.helper, at=at)


def code_for(proposal: CounterOrder, *, at: datetime = AT) -> str:
    """The code that is sent for it."""
    sender = codes.RecordingSender()
    before = codes.set_code_sender(sender)
    try:
        send_code(proposal=proposal, language="zh-hans", at=at)
    finally:
        codes.set_code_sender(before)
    return sender.sent[-1].code
