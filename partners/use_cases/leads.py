"""A lead comes in, is followed, and ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.models import Application
from accounts.states import Status
from branches.models import OrgUnit
from branches.use_cases.entry_codes import make_institution_code
from brokerage.core.clock import business_date
from brokerage.core.crypto import accepted_hashes
from brokerage.core.locking import lock_row
from brokerage.core.refusals import RefusedByField
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from partners.dated import LEADS
from partners.events import LeadMoved, LeadReceived
from partners.models import ApiClient, Lead, Partner
from partners.models.leads import PHONE
from partners.states import OPEN_LEADS, WAITING_LEADS, EventKind, LeadEnd, LeadStatus
from partners.use_cases.publish import announce
from partners.written import known_leads, rule_in_force, wait_for

IN_VAIN = (Status.REJECTED, Status.WITHDRAWN, Status.EXPIRED)
"""Ends of an application without an account."""
SKEW = timedelta(minutes=5)
"""So far the clock of an institution may run ahead of ours."""


class UnableToTakeLead(RefusedByField):
    """The lead cannot be taken; `errors` gives the translated messages by field."""


class DuplicateLead(Exception):
    """The institution has a protected lead of this person: `lead`."""

    def __init__(self, lead: Lead) -> None:
        super().__init__("duplicate")
        self.lead = lead


class UnableToMoveLead(Exception):
    """The lead has ended or cannot take that step; the message is translated."""


@transaction.atomic
def take_lead(
    *,
    api_client: ApiClient,
    partner_reference: str,
    name: str,
    phone: str,
    consented_at: datetime,
    consent_reference: str,
    consent_sha256: str,
    at: datetime,
    unit: OrgUnit | None = None,
) -> Lead:
    """Take a lead from the institution of `api_client`.

    Args:
        partner_reference: the institution's own name for it, used once.
        phone: mobile number, E.164.
        consented_at: when the person agreed to be recommended.
        consent_reference: where the institution keeps the proof.
        consent_sha256: hash of the text that the person agreed to.
        unit: outlet that should look after the person.

    Raises:
        UnableToTakeLead: naming the field.
        DuplicateLead: while an earlier lead of the institution protects this person, whatever
            became of it: the answer hangs on nothing but the day that the institution was told,
            so it tells neither that we closed the lead nor that the person began. Nothing is
            ever said about leads of others, or whether somebody is a customer.

    Rule source: partners.leads.
    """
    partner = api_client.partner
    # All who name this person or use this reference wait here, so that the looks below and the
    # insert are one step.
    wait_for(f"partners.lead:{phone}", f"partners.lead:{partner.pk}:{partner_reference}")
    rule = rule_in_force(LEADS, business_date(at))
    first_touch = _looked_at(partner, phone, partner_reference, at)
    if not at - timedelta(days=rule.figure["consent_days"]) <= consented_at <= at + SKEW:
        raise UnableToTakeLead(
            {
                "consent": [
                    _("The consent lies ahead, or is older than {days} days.").format(
                        days=rule.figure["consent_days"]
                    )
                ]
            }
        )
    until = at + timedelta(days=rule.figure["protection_days"])
    code = make_institution_code(institution=partner.ref, at=at, ends_at=until)
    lead = Lead(
        ref=code.ref,
        partner=partner,
        api_client=api_client,
        partner_reference=partner_reference,
        name=name,
        consented_at=consented_at,
        consent_reference=consent_reference,
        consent_sha256=consent_sha256,
        unit=unit,
        stage_since=at,
        first_touch=first_touch,
        protected_until=until,
        rule_version=rule.version,
        code=code,
        created_at=at,
    )
    lead.set_phone(phone)
    lead.save(force_insert=True)
    record(
        LeadReceived(subject=lead.ref, partner=partner.ref, first_touch=lead.first_touch),
        actor=Actor.client(api_client),
        at=at,
        rule_version=rule.version,
    )
    announce(partner=partner, kind=EventKind.LEAD_CREATED, ref=lead.ref, at=at)
    return lead


def _looked_at(partner: Partner, phone: str, reference: str, at: datetime) -> bool:
    """Refuse what is known already; whether nobody else has a protected lead of this person."""
    known = known_leads(partner.pk, phone, reference)
    hashes = accepted_hashes(phone, purpose=PHONE)
    same = [row for row in known if row.phone_hash in hashes]
    own = [row for row in same if row.partner_id == partner.pk]
    if protected := [row for row in own if row.protected_until > at]:
        raise DuplicateLead(protected[-1])
    if any(row.partner_id == partner.pk and row.partner_reference == reference for row in known):
        raise UnableToTakeLead({"partner_reference": [_("You have used this reference already.")]})
    for old in own:
        if old.status in WAITING_LEADS:  # the nightly run has not come to it yet
            _lapse(old, at)
    others = [row for row in same if row.partner_id != partner.pk and row.status in OPEN_LEADS]
    return not any(row.first_touch and row.protected_until > at for row in others)


@transaction.atomic
def move_lead(
    *, lead: Lead, status: LeadStatus, actor: Actor, at: datetime, end_reason: str = ""
) -> Lead:
    """Step a lead on.

    The hand-over link of a lead that we close works until its protection ends, as that of any
    other: a dead link would tell the institution that we have closed it.

    Args:
        end_reason: a value of states.LeadEnd, exactly for CLOSED.

    Raises:
        UnableToMoveLead: when it cannot take that step any more.
    """
    row = lock_row(Lead, lead.pk)
    if not Lead.TRANSITIONS.allows(row.status, status):
        raise UnableToMoveLead(_("This lead cannot take that step any more."))
    row.step(status, at)
    row.end_reason = LeadEnd(end_reason).value if end_reason else ""
    row.save(update_fields=["status", "stage_since", "ended_at", "end_reason"])
    record(LeadMoved(subject=row.ref, status=row.status), actor=actor, at=at)
    return row


def lapse_leads(*, at: datetime) -> int:
    """End open leads whose protection has run out; returns how many.

    Nobody began: it lapses. Somebody began and it ended without an account, or they removed the
    institution: it is closed. So the name of somebody who is no customer is not kept for good.
    Until the protection ends they may begin again by the same link.
    """
    over = Lead.objects.filter(protected_until__lte=at).order_by("pk")
    waiting = list(over.waiting()[:1000])
    for lead in waiting:
        _lapse(lead, at)
    going = Application.objects.filter(entry_ref=OuterRef("ref")).exclude(status__in=IN_VAIN)
    left = list(over.filter(~Exists(going), status=LeadStatus.BEGUN)[:1000])
    for lead in left:
        why, actor = LeadEnd.NO_ACCOUNT, Actor.system("partners.lapse_leads")
        move_lead(lead=lead, status=LeadStatus.CLOSED, end_reason=why, actor=actor, at=at)
    return len(waiting) + len(left)


def _lapse(lead: Lead, at: datetime) -> None:
    actor = Actor.system("partners.lapse_leads")
    move_lead(lead=lead, status=LeadStatus.LAPSED, actor=actor, at=at)
