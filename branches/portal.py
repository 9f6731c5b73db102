"""What the customer's home shows of the network: my outlet, and who leads it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _

from branches.models import OrgUnit, UnitProfile
from branches.selectors import heads_on
from brokerage.core import home_cards
from brokerage.core.home_cards import Card, Weight
from brokerage.customers.models import Customer
from brokerage.users.models import Kind

MODES = frozenset({"plain", "research"})


def outlet_of(on: date) -> Subquery:
    """The home outlet of a log-in while it is open, a fact of the home."""
    profile = UnitProfile.objects.on(on).filter(unit=OuterRef("pk"))
    head = heads_on(on).filter(unit=OuterRef("pk")).values("user__display_name")[:1]
    mine = Customer.objects.filter(user=OuterRef(OuterRef("pk"))).values("home_outlet_ref")
    is_open = Q(closed_on=None) | Q(closed_on__gt=on)
    shown = JSONObject(
        code="code",
        name_zh="name_zh",
        name_en="name_en",
        head=Subquery(head),
        has_page=Exists(profile),
    )
    return Subquery(OrgUnit.objects.filter(is_open, ref__in=mine).values(shown=shown)[:1])


def cards(user: Any, at: datetime) -> Iterable[Card]:
    """One card for whoever has an outlet that is still open."""
    if getattr(user, "kind", "") != Kind.CUSTOMER:
        return
    known = home_cards.fact(user, "branches.outlet", at)
    if known is None:
        return
    outlet = OrgUnit(**{name: known[name] for name in ("code", "name_zh", "name_en")})
    text = outlet.name
    if known["head"]:
        text = _("{outlet}, led by {name}").format(outlet=text, name=known["head"])
    yield Card(
        key="branches.outlet",
        weight=Weight.FACT,
        title=_("Your outlet"),
        text=text,
        url=reverse("branches:outlet", args=[outlet.code]) if known["has_page"] else "",
        action=_("See your outlet"),
        modes=MODES,
    )
