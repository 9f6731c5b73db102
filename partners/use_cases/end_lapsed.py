"""What a contract or licence that ran out takes with it beyond keys and codes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from branches.models import PointHost
from branches.use_cases.service_points import end_hosting
from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from partners.models import Partner
from partners.states import PartnerStatus


def end_lapsed(*, at: datetime) -> int:
    """End our desks at institutions that may not act any more; returns at how many.

    Keys, links and codes need nobody: they ask whether the institution works with us. Visits
    move by the event of the point, applications go on as our own.
    """
    hosts = PointHost.objects.overlapping(business_date(at), None).values("institution_ref")
    active = Partner.objects.filter(status=PartnerStatus.ACTIVE, ref__in=hosts)
    lapsed = active.exclude(pk__in=Partner.objects.working(at).values("pk"))
    for partner in lapsed:
        with transaction.atomic():
            end_hosting(
                institution=partner.ref,
                actor=Actor.system("partners.end_lapsed"),
                at=at,
                reason=_("Contract or licence has ended"),
            )
    return len(lapsed)
