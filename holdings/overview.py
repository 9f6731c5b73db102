"""What one view of a customer shows of assets: how much, which service, which segment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from brokerage.backoffice.overview import Fact, page_of
from brokerage.core import scope
from brokerage.core.clock import business_date
from brokerage.core.display import formats
from brokerage.customers.models import Customer
from holdings.dated import segment_rule
from holdings.models import CustomerAssets


def facts(customer: Customer, reader: Any, at: datetime) -> Iterator[Fact]:
    """Assets and average of the newest day, tier and segment; two queries."""
    assets = scope.visible(CustomerAssets, reader).filter(customer=customer).first()
    if assets is None:
        return
    rule = segment_rule(business_date(at))
    found = rule.of(assets.average, customer.kind)
    day, url = formats.day(assets.day), page_of(assets, reader)
    yield Fact(label=_("segment"), value=found.label)
    yield Fact(label=_("service tier"), value=assets.get_tier_display())
    yield Fact(
        label=_("assets"),
        value=_("{amount}, at the close of {day}").format(
            amount=formats.money(assets.counted), day=day
        ),
        url=url,
    )
    yield Fact(label=_("average"), value=formats.money(assets.average))
