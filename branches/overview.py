"""What one view of a customer shows of the network: their outlet, their visits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from branches.models import OrgUnit
from branches.visits.models import Visit
from branches.visits.states import AHEAD, ENDED
from brokerage.backoffice.overview import Fact, page_of
from brokerage.core import scope
from brokerage.core.display import formats
from brokerage.customers.models import Customer


def facts(customer: Customer, reader: Any, at: datetime) -> Iterator[Fact]:
    """The home outlet, the next visit and the last one; three queries."""
    if customer.home_outlet_ref is not None:
        outlet = OrgUnit.objects.get(ref=customer.home_outlet_ref)
        yield Fact(label=_("home outlet"), value=outlet.name)
    visits = scope.visible(Visit, reader).filter(customer=customer).select_related("purpose")
    coming = visits.filter(status__in=AHEAD, starts_at__gte=at).order_by("starts_at").first()
    before = visits.filter(status__in=ENDED, starts_at__lt=at).order_by("-starts_at").first()
    for label, visit in ((_("next visit"), coming), (_("last visit"), before)):
        if visit is not None and visit.starts_at is not None:
            told = _("{when}: {purpose} ({status})").format(
                when=formats.moment(visit.starts_at),
                purpose=visit.purpose.name,
                status=visit.get_status_display(),
            )
            yield Fact(label=label, value=told, url=page_of(visit, reader))
