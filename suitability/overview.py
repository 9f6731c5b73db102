"""What one view of a customer shows of class, status and the insist route."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from brokerage.backoffice.overview import Fact, page_of
from brokerage.core import roles, scope
from brokerage.core.clock import business_date
from brokerage.core.display import formats
from brokerage.customers.models import Customer
from suitability.models import Assessment, InsistCase, InvestorStatus


def facts(customer: Customer, reader: Any, at: datetime) -> Iterator[Fact]:
    """The class to whoever reads matching opinions, which name it; three queries at most."""
    on = business_date(at)
    if roles.may(reader, "suitability.view_matchrecord"):
        counting = Assessment.objects.counting_on(on).filter(customer=customer).first()
        if counting and counting.valid_until:
            yield Fact(
                label=_("class"),
                value=_("{name}, until {day}").format(
                    name=counting.get_investor_class_display(),
                    day=formats.day(counting.valid_until, year=True),
                ),
            )
        else:
            yield Fact(label=_("class"), value=_("No assessment counts today"))
    seen = scope.visible(InvestorStatus.objects.in_force(on), reader).filter(customer=customer)
    if status := seen.first():
        yield Fact(
            label=_("professional investor"),
            value=_("until {day}").format(day=formats.day(status.until, year=True)),
            url=page_of(status, reader),
        )
    case = scope.visible(InsistCase, reader).filter(customer=customer).order_by("-pk").first()
    if case:
        yield Fact(
            label=_("newest insist case"),
            value=case.get_status_display(),
            url=page_of(case, reader),
        )
