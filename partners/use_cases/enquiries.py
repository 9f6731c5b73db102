"""An institution asks for something for itself; our people take it up and answer by its day."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.core.refusals import RefusedByField
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.calendars import add_working_days
from brokerage.reference.models import Rule
from brokerage.users.models import User
from partners.dated import ENQUIRIES
from partners.desk_events import EnquiryMade, EnquiryMoved, EnquiryTaken
from partners.models import ApiClient, Enquiry, Partner
from partners.states import ENQUIRY_ENDS, EnquiryStatus, EventKind
from partners.use_cases.publish import publish
from products.selectors.desks import is_of_desk
from products.states import Desk


class UnableToEnquire(RefusedByField):
    """The enquiry cannot be; `errors` gives the translated messages by field."""


class UnableToMoveEnquiry(Exception):
    """It cannot take that step; the message is translated."""


@transaction.atomic
def make_enquiry(
    *,
    api_client: ApiClient,
    partner_reference: str,
    desk: Desk,
    need: str,
    contact_name: str,
    at: datetime,
    contact_phone: str | None = None,
    contact_email: str | None = None,
) -> Enquiry:
    """Take what an institution needs for itself.

    Args:
        partner_reference: the institution's own name for it, used once.
        contact_phone, contact_email: how to reach the contact; one of them at least.

    Raises:
        UnableToEnquire: when the reference is used, or nobody could be reached.

    Rule source: partners.enquiries (the day of the answer).
    """
    locked = Partner.objects.select_for_update(no_key=True).get(pk=api_client.partner_id)
    used = Enquiry.objects.filter(partner=locked, partner_reference=partner_reference)
    if used.exists():
        raise UnableToEnquire({"partner_reference": [_("You have used this reference already.")]})
    if not contact_phone and not contact_email:
        raise UnableToEnquire({"contact": [_("Give a phone number or an e-mail address.")]})
    day = business_date(at)
    rule = Rule.objects.in_force(ENQUIRIES, day)
    row: Enquiry = Enquiry.objects.create(
        partner=locked,
        api_client=api_client,
        partner_reference=partner_reference,
        desk=desk,
        need=need,
        contact_name=contact_name,
        contact_phone=contact_phone or None,
        contact_email=contact_email or None,
        stage_since=at,
        due_on=add_working_days(day, rule.figure["answer_days"]),
        rule_version=rule.version,
        created_at=at,
    )
    record(
        EnquiryMade(subject=row.ref, partner=locked.ref, desk=row.desk),
        actor=Actor.client(api_client),
        at=at,
        rule_version=rule.version,
    )
    return row


@transaction.atomic
def move_enquiry(
    *, enquiry: Enquiry, status: EnquiryStatus, by: User, at: datetime, answer: str = ""
) -> Enquiry:
    """Take an enquiry up, go on with it at the desk, or decline it; the institution is told.

    Args:
        answer: what the institution reads; needed for an end, and for nothing else.

    Raises:
        UnableToMoveEnquiry: when it cannot take that step, or an end has no answer.
    """
    rows = Enquiry.objects.select_for_update(of=("self",)).select_related("partner")
    row: Enquiry = rows.get(pk=enquiry.pk)
    if not Enquiry.TRANSITIONS.allows(row.status, status):
        raise UnableToMoveEnquiry(_("This enquiry cannot take that step any more."))
    ends = status in ENQUIRY_ENDS
    if ends and not answer.strip():
        raise UnableToMoveEnquiry(_("Write down the answer."))
    row.step(status, at)
    row.handled_by_ref = by.ref
    if ends:
        row.answer, row.ended_at = answer.strip(), at
    row.save()
    record(
        EnquiryMoved(subject=row.ref, partner=row.partner.ref, status=row.status),
        actor=Actor.of(by),
        at=at,
    )
    publish(
        partner=row.partner,
        kind=EventKind.ENQUIRY_CHANGED,
        ref=row.ref,
        version=row.version,
        at=at,
    )
    return row


@transaction.atomic
def take_at_desk(*, enquiry: Enquiry, by: User, at: datetime) -> Enquiry:
    """Somebody of the desk goes on with an enquiry that was handed to it; who takes it calls.

    Nothing is told to the institution: it has its answer, and the rest is behind the wall.

    Raises:
        UnableToMoveEnquiry: when it does not wait at a desk, or the person is not of it.
    """
    row: Enquiry = lock_row(Enquiry, enquiry.pk)
    if not row.waits_at_desk:
        raise UnableToMoveEnquiry(_("It does not wait at a desk."))
    if not is_of_desk(by, row.desk, business_date(at)):
        raise UnableToMoveEnquiry(_("This is for another desk than yours."))
    row.desk_by_ref, row.desk_at = by.ref, at
    row.save(update_fields=["desk_by_ref", "desk_at"])
    record(EnquiryTaken(subject=row.ref), actor=Actor.of(by), at=at)
    return row
