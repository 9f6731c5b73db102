"""What the customer's home shows of the network: my outlet, and who leads it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from branches.models import OrgUnit, UnitProfile
from branches.selectors import head_of
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
    outlet: Any = OrgUnit.objects.filter(ref__in=home).annotate(has_page=Exists(profile)).first()
    if outlet is None or (outlet.closed_on and outlet.closed_on <= on):
        return
    head = head_of(outlet, on)
    if head is None:
        text = outlet.name
    else:
        name = head.user.display_name
        text = _("{outlet}, led by {name}").format(outlet=outlet.name, name=name)
    yield Card(
        key="branches.outlet",
        weight=Weight.FACT,
        title=_("Your outlet"),
        text=text,
        url=reverse("branches:outlet", args=[outlet.code]) if outlet.has_page else "",
        action=_("See your outlet"),
        modes=MODES,
    )
