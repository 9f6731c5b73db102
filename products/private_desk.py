"""Tasks about private funds: the calls after the time to cool off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from brokerage.backoffice.tasks import Task
from brokerage.core import roles, scope
from products.models import PrivateContract
from products.private_states import PrivateStatus


def calls(user: Any, at: datetime) -> Iterable[Task]:
    """Customers who may be called now, by the clock of the call."""
    for row in _due(user, at).select_related("product__item").order_by("call_due", "pk"):
        yield Task(
            title=_("Call who signed for {product}").format(product=row.product),
            detail=_tried(row),
            url=reverse("admin:products_privatecontract_change", args=[row.ref]),
            action=_("Make the call"),
            started_at=row.cooling_until,
            due_at=row.call_due,
        )


def _tried(row: PrivateContract) -> str:
    """How often it was tried already; empty for the first call."""
    if not row.attempts:
        return ""
    said = ngettext("{n} call brought no answer", "{n} calls brought no answer", row.attempts)
    return said.format(n=row.attempts)


def probe_calls(user: Any, at: datetime) -> list[QuerySet[Any]]:
    """Rows behind `calls`."""
    return [_due(user, at)]


def _due(user: Any, at: datetime) -> QuerySet[PrivateContract]:
    if not roles.may(user, "products.call_privatecontract"):
        return PrivateContract.objects.none()
    rows = PrivateContract.objects.filter(status=PrivateStatus.COOLING, cooling_until__lte=at)
    return scope.visible(rows.exclude(seller_ref=user.ref), user)
