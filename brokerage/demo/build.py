"""Builds the demonstration brokerage through the use cases; again, it adds what is missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from brokerage.core import clock
from brokerage.demo.after_opening import build_after_opening
from brokerage.demo.books import build_books
from brokerage.demo.campaigns import build_campaigns
from brokerage.demo.commission import build_commission
from brokerage.demo.content import build_content
from brokerage.demo.cross_selling import build_goals, build_private_contracts
from brokerage.demo.customers import build_customers
from brokerage.demo.holdings import build_holdings
from brokerage.demo.imports import build_imports
from brokerage.demo.market import build_market
from brokerage.demo.network import build_network
from brokerage.demo.network_life import build_network_life
from brokerage.demo.orders import build_orders
from brokerage.demo.outlet_sales import build_outlet_sales
from brokerage.demo.papers import build_papers
from brokerage.demo.partner_desk import build_partner_desk
from brokerage.demo.partners import build_partners
from brokerage.demo.permissions import build_permissions
from brokerage.demo.places import build_places
from brokerage.demo.points import build_points
from brokerage.demo.products import build_products
from brokerage.demo.professionals import build_professionals
from brokerage.demo.questions import build_questions
from brokerage.demo.referrals import build_referrals
from brokerage.demo.review import build_review
from brokerage.demo.staff import build_staff
from brokerage.demo.suggestions import build_suggestions
from brokerage.demo.suitability import build_suitability
from brokerage.demo.visits import build_visits

# in this order: each part stands on the ones before it
PARTS: list[tuple[str, Callable[..., int]]] = [
    ("units", build_network),
    ("staff", build_staff),
    ("outlets with address and hours", build_places),
    ("codes, licences and leave", build_network_life),
    ("partner institution", build_partners),
    ("service point, new name", build_points),
    ("customers and applications", build_customers),
    ("files of the trading counter", build_holdings),
    ("records of the review desk", build_review),
    ("first days, credits and rests of accounts", build_after_opening),
    ("commission rates", build_commission),
    ("graded items", build_suitability),
    ("next version of test questions", build_questions),
    ("trading permissions", build_permissions),
    ("recordings and calls around sales", build_outlet_sales),
    ("products on the shelf", build_products),
    ("orders for funds", build_orders),
    ("subscription books", build_books),
    ("referrals of outlets", build_referrals),
    ("goals of cross-selling", build_goals),
    ("professional investors", build_professionals),
    ("contracts of private funds", build_private_contracts),
    ("campaigns of offers", build_campaigns),
    ("visits", build_visits),
    ("operators, materials and enquiries of the institution", build_partner_desk),
    ("suggestions", build_suggestions),
    ("texts and items of the content desk", build_content),
    ("held stocks with ratings and valuations", build_market),
    ("lists on the import desk", build_imports),
    ("customers with other documents", build_papers),  # last: no other part picks them
]


def build_demo(*, say: Callable[[str], None], at: datetime | None = None) -> None:
    """Build every part, each in one transaction.

    Args:
        say: takes one line for each part that added something.
        at: the instant that the demonstration is built around; now by default.
    """
    at = at or clock.now()
    for name, build in PARTS:
        with transaction.atomic():
            added = build(at=at)
        if added:
            say(f"{added} {name}")
