"""What the customer's home shows of the network: my outlet, and who leads it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from branches.models import OrgUnit, UnitProfile
from branches.selectors import heads_on
from brokerage.core.clock import business_date
from brokerage.core.home_cards import Card, Weight
from brokerage.customers.models import Customer
from brokerage.users.models import Kind

MODES = frozenset({"plain", "research"})


def cards(user: Any, at: datetime) -> Iterable[Card]:
    """One card for whoever has an outlet that is still open."""
    if getattr(user, "kind", "") != Kind.CUSTOMER:
        return
    on = business_date(at)
    home = Customer.objects.filter(user=user).values("home_outlet_ref")
    profile = UnitProfile.objects.on(on).filter(unit=OuterRef("pk"))
    head = heads_on(on).filter(unit=OuterRef("pk")).values("user__display_name")[:1]
    rows = OrgUnit.objects.filter(ref__in=home)
    outlet: Any = rows.annotate(has_page=Exists(profile), head_name=Subquery(head)).first()
    if outlet is None or (outlet.closed_on and outlet.closed_on <= on):
        return
    text = outlet.name
    if outlet.head_name:
        text = _("{outlet}, led by {name}").format(outlet=text, name=outlet.head_name)
    yield Card(
        key="branches.outlet",
        weight=Weight.FACT,
        title=_("Your outlet"),
        text=text,
        url=reverse("branches:outlet", args=[outlet.code]) if outlet.has_page else "",
        action=_("See your outlet"),
        modes=MODES,
    )
