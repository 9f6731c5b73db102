"""What a person's own copy of their data says of institutions that recommended them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from brokerage.core import data_export
from brokerage.core.data_export import Person
from brokerage.users.models import User
from partners.models import Lead


def register() -> None:
    """Called once when the app is ready."""
    data_export.register(
        "recommendations",
        title=_("Institutions that recommended you"),
        collect=_leads,
        order=59,
        covers=("partners.Lead", "partners.Appointment"),
    )


def _leads(person: Person) -> list[dict[str, Any]]:
    """Leads with the person's telephone number; there is nothing else to know them by."""
    user = User.objects.filter(ref=person.user).first() if person.user else None
    if user is None or not user.phone:
        return []
    rows = Lead.objects.with_phone(user.phone).select_related("partner")
    return [
        {
            "institution": row.partner.name,
            "name": row.name,
            "given_at": row.consented_at.isoformat(),
            "proof": row.consent_reference,
            "status": row.get_status_display(),
            "received_at": row.created_at.isoformat(),
            "appointments": [
                {
                    "booked_at": one.created_at.isoformat(),
                    "for": one.asked_for.isoformat(),
                    "proof": one.consent_reference,
                }
                for one in row.appointments.order_by("pk")
            ],
        }
        for row in rows.order_by("pk")
    ]
