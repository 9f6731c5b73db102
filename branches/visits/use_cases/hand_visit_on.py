"""A visit that was booked for somebody without a log-in becomes that of the customer they are."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from branches.visits.events import VisitHandedOn
from branches.visits.models import Visit
from branches.visits.use_cases.locking import locked_visit
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record


@transaction.atomic
def hand_visit_on(*, visit: Visit, customer: Customer, actor: Actor, at: datetime) -> bool:
    """Give a visit that lies ahead to `customer`, who then sees, moves and cancels it themselves.

    Returns:
        Whether it is theirs now; not where they have another visit at that time, or it ended.
    """
    row = locked_visit(visit)
    if not row.is_ahead or (row.customer is not None and row.customer.user_id is not None):
        return False
    row.customer = customer
    try:
        with transaction.atomic():
            row.save(update_fields=["customer"])
    except IntegrityError:
        return False
    record(VisitHandedOn(subject=row.ref), actor=actor, at=at)
    return True
