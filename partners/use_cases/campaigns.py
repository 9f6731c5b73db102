"""An institution's campaign begins with its code, and ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from branches.models import OrgUnit, StaffAssignment
from branches.states import CodeEnd
from branches.use_cases.entry_codes import UnableToGiveCode, end_code, make_institution_code
from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.core.refusals import RefusedByField
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from partners.events import CampaignEnded, CampaignMade
from partners.models import ApiClient, Campaign, Partner
from partners.states import EventKind
from partners.use_cases.publish import announce, publish

LONGEST = timedelta(days=367)
"""From now to the end of the same day of the next year: an outlet and a person are bound to it."""


class UnableToCampaign(RefusedByField):
    """The campaign cannot be; `errors` gives the translated messages by field."""


@transaction.atomic
def make_campaign(
    *,
    partner: Partner,
    partner_reference: str,
    name: str,
    unit: OrgUnit,
    ends_at: datetime,
    actor: Actor,
    at: datetime,
    person: User | None = None,
    api_client: ApiClient | None = None,
) -> Campaign:
    """Make a campaign and its code, which works from now until `ends_at`.

    Args:
        partner_reference: the institution's own name for it, used once.
        unit: the outlet where whoever comes by the code is looked after.
        person: one of our people at that outlet, where the code is bound to one.

    Raises:
        UnableToCampaign: naming the field.
    """
    locked = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    if Campaign.objects.filter(partner=locked, partner_reference=partner_reference).exists():
        raise UnableToCampaign({"partner_reference": [_("You have used this reference already.")]})
    if ends_at <= at:
        raise UnableToCampaign({"ends_at": [_("The end lies in the past.")]})
    if ends_at > at + LONGEST:
        raise UnableToCampaign({"ends_at": [_("A campaign runs for a year at most.")]})
    day = business_date(at)
    there = StaffAssignment.objects.on(day).filter(user=person, unit=unit)
    if person is not None and not there.exists():
        raise UnableToCampaign({"person": [_("This person does not work there today.")]})
    code = make_institution_code(institution=locked.ref, at=at, ends_at=ends_at)
    row = Campaign(
        ref=code.ref,
        partner=locked,
        api_client=api_client,
        partner_reference=partner_reference,
        name=name,
        unit=unit,
        person=person,
        code=code,
        created_at=at,
    )
    try:
        row.full_clean(exclude=["code"])
    except ValidationError as error:
        raise UnableToCampaign(error.message_dict) from error
    row.save()
    record(CampaignMade(subject=row.ref, partner=locked.ref, unit=unit.ref), actor=actor, at=at)
    announce(partner=locked, kind=EventKind.CAMPAIGN_CREATED, ref=row.ref, at=at)
    return row


@transaction.atomic
def end_campaign(*, campaign: Campaign, actor: Actor, at: datetime) -> Campaign:
    """Let the code of a campaign lead nowhere from now on.

    Raises:
        UnableToCampaign: when it has ended.
    """
    row = lock_row(Campaign, campaign.pk)
    try:
        row.code = end_code(code=row.code, reason=CodeEnd.TAKEN_BACK, actor=actor, at=at)
    except UnableToGiveCode as error:
        raise UnableToCampaign({"__all__": [str(error)]}) from error
    row.version += 1
    row.save(update_fields=["version"])
    record(CampaignEnded(subject=row.ref, partner=row.partner.ref), actor=actor, at=at)
    publish(
        partner=row.partner,
        kind=EventKind.CAMPAIGN_ENDED,
        ref=row.ref,
        version=row.version,
        at=at,
    )
    return row
