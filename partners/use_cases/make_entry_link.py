"""A partner makes a link for its customers."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from branches.use_cases.entry_codes import make_institution_code
from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from partners.dated import LINKS
from partners.events import EntryLinkMade
from partners.models import ApiClient, EntryLink
from partners.written import LINK, rule_in_force, wait_for


class UnableToMakeLink(Exception):
    """The link cannot be made; the message is translated and may be shown."""


def make_entry_link(*, api_client: ApiClient, partner_reference: str, at: datetime) -> EntryLink:
    """Make a link that brings its users here as sent by the client's partner.

    Args:
        api_client: the caller.
        partner_reference: the partner's own name for the link, used once.
        at: the instant.

    Raises:
        UnableToMakeLink: when the reference is taken.

    Rule source: partners.links.
    """
    with transaction.atomic():
        partner = api_client.partner
        # Who uses the same reference waits here, so that the check and the insert are one step.
        wait_for(f"partners.link:{partner.pk}:{partner_reference}")
        if LINK.load(partner=partner.pk, word=partner_reference):
            raise UnableToMakeLink(_("You have used this reference already."))
        rule = rule_in_force(LINKS, business_date(at))
        ends_at = at + timedelta(days=rule.figure["days"])
        code = make_institution_code(institution=partner.ref, at=at, ends_at=ends_at)
        link = EntryLink.objects.create(
            ref=code.ref,
            code=code,
            partner=partner,
            api_client=api_client,
            partner_reference=partner_reference,
            created_at=at,
        )
        record(
            EntryLinkMade(subject=link.ref, partner=partner.ref),
            actor=Actor.client(api_client),
            at=at,
            rule_version=rule.version,
        )
    return link
