"""A customer takes an agreement back; it counts from this instant."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.locking import lock_row
from brokerage.customers.events import ConsentWithdrawn
from brokerage.customers.models import Customer
from brokerage.customers.purposes import PURPOSES
from brokerage.journal.actors import Actor
from brokerage.journal.record import record


class UnableToWithdraw(Exception):
    """This agreement cannot be withdrawn alone; the message is translated and may be shown."""


def withdraw_consent(
    *, customer: Customer, purpose: str, actor: Actor, channel: str, at: datetime
) -> None:
    """End the agreement in force; withdrawing twice changes nothing.

    Raises:
        UnableToWithdraw: where the service cannot run without it.
    """
    if not PURPOSES.get(purpose).withdrawable:
        raise UnableToWithdraw(_("This agreement ends when you close your portal log-in."))
    with transaction.atomic():
        lock_row(Customer, customer.pk)
        present = customer.consents.in_force().filter(purpose=purpose).first()
        if present is None:
            return
        present.withdrawn_at, present.withdrawn_channel = at, channel
        present.save()
        record(ConsentWithdrawn(subject=customer.ref, purpose=purpose), actor=actor, at=at)
