"""What an application that came through an institution means to its lead and its feed."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Application
from accounts.states import Status
from branches.visits.states import AHEAD
from branches.visits.use_cases.hand_visit_on import hand_visit_on
from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from partners.models import Lead, Partner
from partners.selectors import told_applications
from partners.states import EventKind, LeadStatus
from partners.use_cases.leads import UnableToMoveLead, move_lead
from partners.use_cases.publish import publish

WON = (Status.APPROVED, Status.OPENING, Status.VISIT, Status.ACTIVE)


def follow_application(*, application: Application, version: int, at: datetime) -> None:
    """Move the lead, and tell the institution while consent and contract let it hear stages.

    Called again for the same change it does nothing.

    Args:
        version: of the application after the change.
    """
    if application.origin_ref is None or application.entry_ref is None:
        return
    lead = Lead.objects.filter(ref=application.entry_ref).first()
    if lead is not None:
        _move(lead, application, at)
        _hand_on(lead, application, at)
    told = told_applications(application.origin_ref, business_date(at))
    if told.filter(pk=application.pk).exists():
        partner = Partner.objects.filter(ref=application.origin_ref).first()
        if partner is not None:
            publish(
                partner=partner,
                kind=EventKind.APPLICATION_CHANGED,
                ref=application.ref,
                version=version,
                at=at,
            )


def _move(lead: Lead, application: Application, at: datetime) -> None:
    actor = Actor.system("partners.follow_application")
    steps = [LeadStatus.BEGUN] + ([LeadStatus.WON] if application.status in WON else [])
    for step in steps:
        try:
            lead = move_lead(lead=lead, status=step, actor=actor, at=at)
        except UnableToMoveLead:
            continue


def _hand_on(lead: Lead, application: Application, at: datetime) -> None:
    """What was booked for the person is theirs from now on, where it fits their other visits."""
    ahead = lead.appointments.filter(visit__status__in=AHEAD, visit__customer__user=None)
    for row in ahead.select_related("visit").order_by("pk"):
        hand_visit_on(
            visit=row.visit,
            customer=application.customer,
            actor=Actor.system("partners.follow_application"),
            at=at,
        )
