"""Remind a customer of a visit, once for its time."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from branches.visits.models import Visit
from branches.visits.use_cases.locking import locked_visit
from branches.visits.wording import send_about


@transaction.atomic
def remind_of_visit(*, visit: Visit, at: datetime) -> bool:
    """Send the reminder with the list of what to bring; returns whether it was sent now."""
    row = locked_visit(visit)
    if not row.is_ahead or row.reminded_at is not None:
        return False
    row.reminded_at = at
    row.save(update_fields=["reminded_at"])
    key = f"branches.visit_reminder:{row.ref}:{row.sequence}"
    send_about(row, "branches.visit_reminder", at=at, key=key, bring=True)
    return True
