"""A person for whom an institution booked a time hears of it, though they have no log-in yet."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from branches.visits.states import AHEAD
from branches.visits.states import Status as VisitStatus
from brokerage.core.display.languages import in_each_language
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.messaging.use_cases.send_to_number import send_to_number
from partners.events import PersonTexted
from partners.models import Appointment

BOOKED = "partners.appointment_booked"
CHANGED = "partners.appointment_changed"
CANCELLED = "partners.appointment_cancelled"


def text_person(*, appointment: UUID, kind: str, key: UUID, at: datetime) -> bool:
    """Send the person behind an appointment one SMS about it, as it stands now.

    Whoever has begun an application gets the messages of every customer instead. What has become
    untrue meanwhile is not sent: another text follows or has followed.

    Args:
        kind: BOOKED, CHANGED or CANCELLED.
        key: ref of the journal entry that it is about; the same one is sent once.

    Returns:
        Whether something was sent.

    Raises:
        GatewayUnavailable: to be tried again.
    """
    rows = Appointment.objects.select_related("visit__unit", "visit__customer", "partner", "lead")
    row = rows.filter(ref=appointment).first()
    if row is None or not _is_true(row, kind) or not row.lead.phone:
        return False
    visit, partner = row.visit, row.partner
    when = visit.starts_at or row.asked_for
    told = send_to_number(
        kind=kind,
        phone=str(row.lead.phone),
        context={
            "partner": {"zh-hans": partner.name_zh, "en": partner.name_en},
            "where": in_each_language(lambda: visit.unit.name),
            "starts_at": when.isoformat(),
        },
        key=key,
        at=at,
    )
    with transaction.atomic():
        record(
            PersonTexted(subject=row.ref, text=kind, result=told),
            actor=Actor.system("partners.text_person"),
            at=at,
        )
    return told == "sent"


def _is_true(row: Appointment, kind: str) -> bool:
    customer = row.visit.customer
    if customer is None or customer.user_id is not None:
        return False
    if kind == CANCELLED:
        return row.visit.status == VisitStatus.CANCELLED
    return row.visit.status in AHEAD
