"""An institution books a time for one of its leads, moves it, cancels it.

What it is answered hangs on its own acts, on the time, and on what is free. Nothing tells that the
person or the outlet moved or cancelled the visit, or is a customer of ours already: for that the
person's own consent is asked (`selectors.shared_applications`).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Application
from accounts.states import Status
from branches.models import OrgUnit
from branches.visits.models import Purpose, Visit
from branches.visits.use_cases.book_visit import UnableToBook, book_visit
from branches.visits.use_cases.cancel_visit import UnableToCancel, cancel_visit
from branches.visits.use_cases.hold_slot import UnableToHold, hold_slot
from branches.visits.use_cases.locking import ChangedMeanwhile
from branches.visits.use_cases.move_visit import UnableToMove, move_visit
from brokerage.core.clock import business_date
from brokerage.core.refusals import RefusedByField
from brokerage.customers.models import Customer
from brokerage.customers.models.customers import name_hash
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.models import Rule
from partners.dated import LEADS
from partners.events import AppointmentCancelled, AppointmentMade, AppointmentMoved
from partners.models import ApiClient, Appointment, Lead, Partner
from partners.use_cases.leads import SKEW


class UnableToAppoint(RefusedByField):
    """The appointment cannot be; `errors` gives the translated messages by field."""


class TimeNotAvailable(Exception):
    """The time cannot be had; why is never said, for it may lie in the person."""


class ChangedSince(Exception):
    """Somebody of the institution moved or cancelled it since it was read."""


@transaction.atomic
def make_appointment(
    *,
    api_client: ApiClient,
    partner_reference: str,
    lead: Lead,
    unit: OrgUnit,
    purpose: Purpose,
    starts_at: datetime,
    consented_at: datetime,
    consent_reference: str,
    consent_sha256: str,
    at: datetime,
) -> Appointment:
    """Book a time for the person behind a lead of the same institution.

    Args:
        partner_reference: the institution's own name for it, used once.
        consented_at, consent_reference, consent_sha256: how the institution proves that the
            person agreed to exactly this: that a time is booked for them.

    Raises:
        UnableToAppoint: naming the field.
        TimeNotAvailable: when the time is taken or not offered.

    Rule source: partners.leads (the age of the consent).
    """
    partner = Partner.objects.select_for_update(no_key=True).get(pk=api_client.partner_id)
    rule = Rule.objects.in_force(LEADS, business_date(at))
    errors = _wrong(partner, partner_reference, lead, at)
    if not at - timedelta(days=rule.figure["consent_days"]) <= consented_at <= at + SKEW:
        text = _("The consent lies ahead, or is older than {days} days.")
        errors["consent"] = [text.format(days=rule.figure["consent_days"])]
    if errors:
        raise UnableToAppoint(errors)
    actor = Actor.client(api_client)
    visit = _booked(
        customer=_person(lead, at),
        unit=unit,
        purpose=purpose,
        starts_at=starts_at,
        subject_ref=lead.ref,
        actor=actor,
        at=at,
    )
    row: Appointment = Appointment.objects.create(
        partner=partner,
        api_client=api_client,
        partner_reference=partner_reference,
        lead=lead,
        visit=visit,
        asked_for=starts_at,
        consented_at=consented_at,
        consent_reference=consent_reference,
        consent_sha256=consent_sha256,
        rule_version=rule.version,
        created_at=at,
    )
    record(
        AppointmentMade(subject=row.ref, partner=partner.ref, visit=visit.ref, lead=lead.ref),
        actor=actor,
        at=at,
        rule_version=rule.version,
    )
    return row


@transaction.atomic
def move_appointment(
    *, appointment: Appointment, starts_at: datetime, actor: Actor, at: datetime
) -> Appointment:
    """Ask for another time of the same outlet.

    Raises:
        UnableToAppoint: when the institution cancelled it, or its time has passed.
        ChangedSince: when it is another version than `appointment`.
        TimeNotAvailable: when the new time cannot be had, for whatever reason.
    """
    row = _locked(appointment, at)
    try:
        move_visit(
            visit=row.visit, starts_at=starts_at, sequence=row.visit.sequence, actor=actor, at=at
        )
    except (UnableToMove, ChangedMeanwhile) as error:
        raise TimeNotAvailable from error
    row.asked_for = starts_at
    row.version += 1
    row.save(update_fields=["asked_for", "version"])
    record(AppointmentMoved(subject=row.ref, visit=row.visit.ref), actor=actor, at=at)
    return row


@transaction.atomic
def cancel_appointment(*, appointment: Appointment, actor: Actor, at: datetime) -> Appointment:
    """Take the appointment back. A visit that ended otherwise meanwhile stays as it is.

    Raises:
        UnableToAppoint: when the institution cancelled it, or its time has passed.
        ChangedSince: when it is another version than `appointment`.
    """
    row = _locked(appointment, at)
    # Where the person came early or cancelled, that is not for the institution to hear from us.
    with suppress(UnableToCancel):
        cancel_visit(visit=row.visit, actor=actor, at=at)
    row.cancelled_at = at
    row.version += 1
    row.save(update_fields=["cancelled_at", "version"])
    record(AppointmentCancelled(subject=row.ref, visit=row.visit.ref), actor=actor, at=at)
    return row


def _wrong(
    partner: Partner, partner_reference: str, lead: Lead, at: datetime
) -> dict[str, list[str]]:
    """What the institution could know itself, by field."""
    mine = Appointment.objects.filter(partner=partner)
    if mine.filter(partner_reference=partner_reference).exists():
        return {"partner_reference": [_("You have used this reference already.")]}
    if lead.partner_id != partner.pk or lead.protected_until <= at:
        return {"lead": [_("There is no such lead, or its protection has ended.")]}
    if mine.filter(lead=lead, cancelled_at=None, asked_for__gt=at).exists():
        return {"lead": [_("An appointment of this person lies ahead. Move or cancel that one.")]}
    return {}


def _booked(**values: Any) -> Visit:
    try:
        held = hold_slot(**values)
        return book_visit(visit=held, actor=values["actor"], at=values["at"])
    except (UnableToHold, UnableToBook) as error:
        raise TimeNotAvailable from error


def _person(lead: Lead, at: datetime) -> Customer:
    """Whose visit it is: the customer who began by the lead, else a record with the name alone.

    A telephone number proves nothing, so it finds no customer. A record that nobody needs any
    more goes as a sign-up without a document does (customers.retention).
    """
    began = Application.objects.filter(entry_ref=lead.ref).exclude(
        status__in=[Status.EXPIRED, Status.WITHDRAWN]
    )
    if found := began.select_related("customer").order_by("-pk").first():
        return found.customer
    before = lead.appointments.filter(visit__customer__user=None).order_by("-pk")
    if earlier := before.select_related("visit__customer").first():
        assert earlier.visit.customer is not None  # a booked time has a customer
        known: Customer = earlier.visit.customer
        return known
    return Customer.objects.create(name=lead.name, name_hash=name_hash(lead.name), created_at=at)


def _locked(appointment: Appointment, at: datetime) -> Appointment:
    """The row as it is now, where it still lies ahead for its institution."""
    rows = Appointment.objects.select_for_update(of=("self",))
    row: Appointment = rows.select_related("visit__unit", "partner").get(pk=appointment.pk)
    if row.version != appointment.version:
        raise ChangedSince
    if not row.lies_ahead(at):
        raise UnableToAppoint(
            {"__all__": [_("You cancelled this appointment, or its time has passed.")]}
        )
    return row
