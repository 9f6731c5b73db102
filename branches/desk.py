"""What the task home says about a person: whose rows these are, and for whom one acts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches.models.tree import Line
from branches.selectors import assignments_of
from branches.states import Kind
from brokerage.core.clock import business_date
from brokerage.core.display import formats

SHOWN = 3


def signs(user: Any, at: datetime) -> list[tuple[str, str]]:
    """Icon and text for each unit of the person, and for each chair that they fill."""
    today = business_date(at)
    found = []
    below = Line.objects.filter(
        ancestor=OuterRef("unit"),
        valid__contains=today,
        depth__gt=0,
        descendant__kind=Kind.OUTLET,
    )
    number = below.order_by().values("ancestor").annotate(n=Count("pk")).values("n")
    rows = assignments_of(user, today).select_related("unit", "acting_for")
    rows = rows.annotate(outlets=Subquery(number))
    for row in rows.order_by("acting", "valid_from")[:SHOWN]:
        found.append(("tree", _unit(row.unit, row.outlets)))
        if row.acting:
            found.append(("swap", _acting(row)))
    return found


def _unit(unit: Any, outlets: int | None) -> str:
    if not outlets:
        return str(unit)
    number = ngettext("{n} outlet", "{n} outlets", outlets).format(n=outlets)
    return _("{unit}, {number}").format(unit=unit, number=number)


def _acting(row: Any) -> str:
    until = formats.day(row.valid_to)
    if row.acting_for is None:
        return _("Acting head until {day}").format(day=until)
    return _("Acting for {name} until {day}").format(name=row.acting_for, day=until)
