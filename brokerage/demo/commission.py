"""The commission grid of the demonstration: published rates, one region, one that waits."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from branches.commission.terms import Business, Market, Product
from branches.models import CommissionRate, OrgUnit, StaffAssignment
from branches.use_cases.propose_rate import propose_rate
from brokerage.backoffice.four_eyes import Decision, decide
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.customers.models import Customer
from brokerage.demo.staff import staff_with
from brokerage.users.models import User

SINCE = date(2024, 1, 2)
PUBLISHED = {  # rate of the amount and least commission in yuan
    Product.STOCK: (Decimal("0.00025"), Decimal("5.00"), [Market.SH, Market.SZ, Market.BJ]),
    Product.FUND: (Decimal("0.00010"), Decimal("1.00"), [Market.SH, Market.SZ]),
    Product.CONVERTIBLE: (Decimal("0.00010"), Decimal("1.00"), [Market.SH, Market.SZ]),
}
ELSEWHERE = {Market.HK: (Product.HONG_KONG, "0.0003"), Market.NQ: (Product.NEEQ, "0.0008")}
"""Traded in ordinary accounts only."""
CONTRACT = Decimal("2.00")


def build_commission(*, at: datetime) -> int:
    """Propose and release the rates that are not there yet; returns how many were made."""
    if CommissionRate.objects.exists():
        return 0
    head = OrgUnit.objects.get(code="HQ")
    maker, checker = staff_with(Role.HEAD_OFFICE)[:2]
    for product, (rate, minimum, markets) in PUBLISHED.items():
        for market in markets:
            for business in Business:
                values = {"market": market, "product": product, "business": business}
                _release(maker, checker, at, unit=head, rate=rate, minimum=minimum, **values)
    for market, (product, share) in ELSEWHERE.items():
        _release(
            maker, checker, at, unit=head, market=market, product=product, rate=Decimal(share)
        )
    for market in (Market.SH, Market.SZ):
        price: dict[str, Any] = {
            "product": Product.OPTION,
            "per_contract": CONTRACT,
            "minimum": Decimal(0),
        }
        _release(maker, checker, at, unit=head, market=market, **price)
    region = {"unit": OrgUnit.objects.get(code="B-JH"), "rate": Decimal("0.00022")}
    for market in (Market.SH, Market.SZ):
        _release(maker, checker, at, market=market, product=Product.STOCK, **region)
    _one_waits(at)
    return CommissionRate.objects.count()


def _release(maker: User, checker: User, at: datetime, **values: Any) -> None:
    row = propose_rate(maker=maker, at=at, valid_from=SINCE, **values)
    decide(model=CommissionRate, ref=row.ref, checker=checker, decision=Decision.APPROVED, at=at)


def _one_waits(at: datetime) -> None:
    """A manager in Jinhua asks for a customer's own rate, lower than she may release."""
    outlet = OrgUnit.objects.get(code="JH-01")
    manager = StaffAssignment.objects.get(unit=outlet, role=Role.BRANCH_MANAGER).user
    customer = Customer.objects.filter(home_outlet_ref=outlet.ref).order_by("pk").first()
    if customer is None:
        return
    propose_rate(
        maker=manager,
        at=at,
        unit=outlet,
        customer=customer,
        market=Market.SH,
        product=Product.STOCK,
        rate=Decimal("0.00015"),
        valid_from=business_date(at),
        valid_to=business_date(at) + timedelta(days=180),
        reason="近一年月均成交 300 万元，拟签约两融",
    )
