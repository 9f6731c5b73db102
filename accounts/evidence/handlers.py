"""What follows when evidence arrives."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.evidence.events import CheckAnswered, PinReplaced
from accounts.evidence.states import PackStatus
from accounts.models.checks import OutsideCheck
from accounts.models.signing import Pack
from brokerage.customers.models import Customer
from brokerage.messaging import send


def seal(event: CheckAnswered, entry: Any) -> None:
    """An identity check was answered: a pack that waited for it is sealed."""
    from accounts.evidence.tasks import seal_in_turn

    waiting = Pack.objects.filter(application__ref=event.subject, status=PackStatus.SIGNED)
    for ref in waiting.values_list("ref", flat=True):
        seal_in_turn.defer(ref=str(ref))


def give_back(event: CheckAnswered, entry: Any) -> None:
    """A counterparty said what only the customer can mend: that step is open again."""
    from accounts.use_cases.automatic_checks import take_check

    check = OutsideCheck.objects.select_related("application").get(ref=event.check)
    take_check(check=check, at=entry.at)


def tell_counter_of_pin(event: PinReplaced, entry: Any) -> None:
    """The trading counter hears that a password was replaced, never which it is."""
    from accounts.use_cases.send_pins import send_pins

    send_pins(customer=Customer.objects.get(ref=event.subject), at=entry.at)


def tell_pin(event: PinReplaced, entry: Any) -> None:
    """Write to the customer; a second delivery of the same entry writes nothing."""
    customer = Customer.objects.select_related("user").get(ref=event.subject)
    send(
        kind=event.kind,
        customer=customer,
        context={"link": reverse("accounts:start")},
        at=entry.at,
        dedupe_key=f"{event.kind}:{entry.ref}",
    )
