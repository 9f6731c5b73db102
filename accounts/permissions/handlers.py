"""What follows when something happened on the way to a permission."""

from __future__ import annotations

from typing import Any

from accounts.models import PermissionApplication
from accounts.permissions.events import CaseEvent, FirstTradeKnown, PermissionGranted
from accounts.permissions.states import CASE_ENDED
from accounts.permissions.wording import label_in
from brokerage.messaging import send


def tell_customer(event: CaseEvent, entry: Any) -> None:
    """Write to the customer; a second delivery of the same entry writes nothing."""
    rows = PermissionApplication.objects.select_related("customer__user")
    case = rows.filter(ref=event.subject).first()
    if case is None or (isinstance(event, FirstTradeKnown) and case.status in CASE_ENDED):
        return  # its own end is told
    context: dict[str, Any] = {
        "link": case.get_absolute_url(),
        "permission": label_in(case.key, case.applied_on),
    }
    if isinstance(event, PermissionGranted):
        context["effective_on"] = event.effective_on.isoformat()
    send(
        kind=event.kind,
        customer=case.customer,
        context=context,
        at=entry.at,
        dedupe_key=f"{event.kind}:{entry.ref}",
    )
