"""Orders of the demonstration: some confirmed, one sold in part, one on its way; and a basket."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from accounts.models import Application
from accounts.states import Status
from brokerage.core.clock import business_date
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from holdings.selectors.averages import days_before
from products.gateways.sandbox import PlayedPayments, PlayedRegistrar
from products.models import Holding, Order, Product
from products.selectors.entry import entries_met
from products.states import OrderStatus
from products.use_cases.carrying import pay, refund, send
from products.use_cases.filling_basket import put_in_basket
from products.use_cases.order_checks import day_of, terms_for_sale
from products.use_cases.placing import redeem, subscribe
from products.use_cases.reconciling import take_confirmation
from suitability.models import MatchRecord, Outcome
from suitability.use_cases.disclosing import acknowledge_five, begin_disclosure
from suitability.use_cases.duties import DutyOpen, require_told
from suitability.use_cases.matching import decide_match

SPACE = UUID("0c0e6d0b-3c2c-4a5e-9a53-3f0a3f7e8b55")
WISHES = (
    ("DEMO-CASH", "20000.00"),
    ("DEMO-POLICY", "50000.00"),
    ("DEMO-SHORT", "8000.17"),  # the sandbox takes half of it
)
IN_BASKET = (("DEMO-SHORT", "3000.00"), ("DEMO-POLICY", "10000.00"))
READING = timedelta(minutes=1)
MOST = 3


def build_orders(*, at: datetime) -> int:
    """Order for customers with an active account; returns how many orders were made."""
    if Order.objects.exists():
        return 0
    days = days_before(business_date(at), 3)
    active = Application.objects.filter(status=Status.ACTIVE).values("customer")
    customers = Customer.objects.filter(pk__in=active).order_by("pk")[:MOST]
    for turn, day in enumerate(sorted(days[:2])):
        before = at - (business_date(at) - day) - timedelta(hours=1)
        for customer in customers:
            for code, amount in WISHES[turn::2]:
                _buy(customer, code, Decimal(amount), before)
        carry_on(before)  # paid at once: an order whose money nobody answers for ends
    for customer in customers:
        _buy(customer, "DEMO-CASH", Decimal("3000.00"), at)
    carry_on(at)
    for customer in customers:
        if _fill_basket(customer, at):
            break
    held = Holding.objects.filter(product__item__code="DEMO-CASH").order_by("pk").first()
    if held is not None:
        redeem(
            customer=held.customer,
            product=held.product,
            units=Decimal(5000),
            key=uuid5(SPACE, f"{held.customer.ref}:sell"),
            actor=Actor.system("demo"),
            at=at,
        )
    return Order.objects.count()


def _buy(customer: Customer, code: str, amount: Decimal, at: datetime) -> None:
    """As on the portal: matched, told, ordered; what does not suit is left."""
    actor = Actor.of(customer.user) if customer.user else Actor.system("demo")
    product = Product.objects.get(item__code=code)
    decision = told_match(customer, product, at)
    if decision is None:
        return
    terms = terms_for_sale(product, business_date(at))
    subscribe(
        customer=customer,
        product=product,
        amount=amount,
        decision=decision,
        day=day_of(terms, at),
        key=uuid5(SPACE, f"{customer.ref}:{code}:{at.date()}"),
        actor=actor,
        at=at,
    )


def _fill_basket(customer: Customer, at: datetime) -> bool:
    """Two funds that wait; nothing for whom one of them does not suit."""
    funds = {code: Product.objects.get(item__code=code) for code, _amount in IN_BASKET}
    if any(told_match(customer, fund, at) is None for fund in funds.values()):
        return False
    for code, amount in IN_BASKET:
        put_in_basket(
            customer=customer,
            product=funds[code],
            amount=Decimal(amount),
            language="zh-hans",
            actor=Actor.of(customer.user) if customer.user else Actor.system("demo"),
            at=at,
        )
    return True


def told_match(customer: Customer, product: Product, at: datetime) -> MatchRecord | None:
    """An opinion after which nothing more is owed; None where the product does not suit."""
    actor = Actor.of(customer.user) if customer.user else Actor.system("demo")
    decision = decide_match(
        customer=customer,
        item=product.item,
        language="zh-hans",
        actor=actor,
        at=at,
        met=entries_met(customer, business_date(at), product.item.requirements),
    )
    if decision.outcome != Outcome.MATCH:
        return None
    try:
        require_told(decision=decision, at=at)
    except DutyOpen:
        begun = begin_disclosure(
            decision=decision, language="zh-hans", actor=actor, at=at - READING
        )
        acknowledge_five(row=begun, text=begun.text, actor=actor, at=at)
    return decision


def carry_on(at: datetime) -> None:
    """What the worker does: pay, send what has closed, count confirmations, pay back."""
    payments, registrar = PlayedPayments(), PlayedRegistrar()
    for order in Order.objects.open().select_related("customer", "product", "terms"):
        paid = pay(order=order, gateway=payments, at=at)
        send(order=paid, registrar=registrar, at=at)
    sent = Order.objects.filter(status=OrderStatus.SENT)
    for day in set(sent.values_list("dealing_day", flat=True)):
        for told in registrar.confirmations(day, at=at):
            done = take_confirmation(told=told, at=at)
            if done is not None:
                refund(order=done, gateway=payments, at=at)
