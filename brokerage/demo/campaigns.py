"""Campaigns of offers of the demonstration: one sent, one that waits for a second person."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice

from branches.models import OrgUnit
from branches.states import Kind
from brokerage.backoffice.four_eyes import Decision, decide
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.customers.models import Customer
from brokerage.customers.purposes import MARKETING, PERSONALISATION
from brokerage.customers.selectors import current_text
from brokerage.customers.use_cases.give_consent import give_consent
from brokerage.demo.staff import staff_with
from brokerage.journal.actors import Actor
from brokerage.messaging.models import Message
from brokerage.messaging.use_cases.read_message import read_message
from brokerage.users.models import User
from products.models import OfferCampaign, OfferRun, Product
from products.use_cases.campaigning import propose_campaign
from products.use_cases.reading_wishes import read_wishes
from products.use_cases.sending_campaigns import TEXT, begin_run, send_portion
from suitability.models import Assessment

SENT, WAITS = "DEMO-POLICY", "DEMO-SHORT"
OPENED = 2
PRINTED = ("+8613800000101", "+8613800000115", "+8613800000119")
"""Log-ins that are given to visitors: what they agree to is theirs to try."""


def build_campaigns(*, at: datetime) -> int:
    """Offer two funds to the customers of units whom they suit; returns how many campaigns."""
    if OfferCampaign.objects.exists() or not _agree(at):
        return 0
    read_wishes(at=at)
    first, second = staff_with(Role.HEAD_OFFICE)[:2]
    company = OrgUnit.objects.get(code="B-JH")
    whole = OrgUnit.objects.get(kind=Kind.HEAD_OFFICE)
    _propose("全网客户短债基金", whole, WAITS, second, at)  # who is printed may agree to it
    row = _propose("金华客户政策债基金", company, SENT, second, at)
    decide(model=OfferCampaign, ref=row.ref, checker=first, decision=Decision.APPROVED, at=at)
    run = begin_run(run=OfferRun.objects.get(campaign=row), at=at)
    while send_portion(run=run, at=at):
        pass
    for message in islice(Message.objects.filter(text__kind=TEXT).order_by("pk"), OPENED):
        assert message.user is not None
        read_message(user=message.user, ref=message.ref, at=at)
    return OfferCampaign.objects.count()


def _agree(at: datetime) -> int:
    """Customers with an assessment agree to offers and to pages that fit their use."""
    assessed = Assessment.objects.counting_on(business_date(at)).values("customer")
    rows = Customer.objects.filter(pk__in=assessed, user__isnull=False).select_related("user")
    agreed = 0
    for customer in rows.order_by("pk"):
        user = customer.user
        if user is None or user.phone in PRINTED:
            continue
        for purpose in (MARKETING, PERSONALISATION):
            text = current_text(purpose, "zh-hans")
            assert text is not None
            give_consent(
                customer=customer,
                purpose=purpose,
                text=text,
                actor=Actor.of(user),
                channel="portal",
                at=at,
            )
        agreed += 1
    return agreed


def _propose(name: str, unit: OrgUnit, code: str, maker: User, at: datetime) -> OfferCampaign:
    return propose_campaign(
        name=name,
        unit=unit,
        product=Product.objects.get(item__code=code),
        kind="",
        last_day=business_date(at) + timedelta(days=30),
        maker=maker,
        at=at,
    )
