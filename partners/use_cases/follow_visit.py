"""What becomes of a visit that an institution booked, as far as it may hear of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from partners.models import Appointment
from partners.selectors import shared_applications, told_version
from partners.states import EventKind
from partners.use_cases.publish import publish


def follow_visit(*, visit: UUID, at: datetime) -> None:
    """Tell the institution that the stage changed, while consent and contract let it hear."""
    rows = Appointment.objects.select_related("visit", "lead", "partner")
    row = rows.filter(visit__ref=visit).first()
    if row is None or not shared_applications([row.lead], row.partner.ref):
        return
    publish(
        partner=row.partner,
        kind=EventKind.APPOINTMENT_CHANGED,
        ref=row.ref,
        version=told_version(row, shared=True),
        at=at,
    )
