"""What follows when something happened on the way to a permission."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.life.events import AccountClosed
from accounts.models import Application, PermissionApplication, TradingPermission
from accounts.permissions.events import (
    CaseEvent,
    FirstTradeKnown,
    HeldEvent,
    PermissionGranted,
    PermissionRevoked,
)
from accounts.permissions.states import CASE_ENDED, CaseRefusal, Loss
from accounts.permissions.use_cases import ending, suspending
from accounts.permissions.wording import label_in
from brokerage.core.clock import business_date
from brokerage.customers.models import Customer
from brokerage.messaging import send
from suitability.events import ClassChanged


def look_at_class(event: ClassChanged, entry: Any) -> None:
    """A class moved: what it does not cover any more is suspended, what it covers again is not."""
    customer = Customer.objects.get(ref=event.customer)
    suspending.look_at_class(customer=customer, at=entry.at)


def end_with_account(event: AccountClosed, entry: Any) -> None:
    """An account was closed: what its customer was permitted ends with it."""
    application = Application.objects.select_related("customer").get(ref=event.subject)
    ending.end_with_account(customer=application.customer, at=entry.at)


def tell_of_loss(event: HeldEvent, entry: Any) -> None:
    """Write to the customer that buying closed or opened.

    Who closed the account is told of that, and hears nothing more of what ended with it.
    """
    if isinstance(event, PermissionRevoked) and event.by == Loss.SHUT:
        return
    row = TradingPermission.objects.select_related("customer__user").get(ref=event.subject)
    send(
        kind=event.kind,
        customer=row.customer,
        context={
            "link": reverse("permissions:permission", args=[row.key]),
            "permission": label_in(row.key, business_date(entry.at)),
        },
        at=entry.at,
        dedupe_key=f"{event.kind}:{entry.ref}",
    )


def tell_customer(event: CaseEvent, entry: Any) -> None:
    """Write to the customer; a second delivery of the same entry writes nothing."""
    rows = PermissionApplication.objects.select_related("customer__user")
    case = rows.filter(ref=event.subject).first()
    if case is None or case.refusal == CaseRefusal.CLOSED:
        return  # that the account is closed is told
    if isinstance(event, FirstTradeKnown) and case.status in CASE_ENDED:
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
