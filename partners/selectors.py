"""Questions about what institutions brought us."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Exists, Q, QuerySet

from accounts.models import Application
from accounts.states import Status
from branches.models import OrgUnit, PointHost
from branches.states import Kind
from brokerage.core import clock
from partners.models import Appointment, Campaign, Contract, Lead, Partner
from partners.states import TOLD_VISITS, VISIT_ORDER

APPROVED = (Status.APPROVED, Status.OPENING, Status.VISIT, Status.ACTIVE)


def counts_of(campaign: Campaign) -> dict[str, int]:
    """How many applications were begun, sent and approved by the code of a campaign."""
    rows = Application.objects.filter(origin_ref=campaign.partner.ref, entry_ref=campaign.ref)
    return _counted(rows)


def counts_of_partner(partner: Partner) -> dict[str, int]:
    """What an institution sent in all: links, leads, and what came by its campaigns.

    Numbers that its program reads too: of campaigns those of each, of leads those it sent.
    """
    codes = Campaign.objects.filter(partner=partner).values("ref")
    rows = Application.objects.filter(origin_ref=partner.ref, entry_ref__in=codes)
    sent = {"links": partner.entry_links.count(), "leads": partner.leads.count()}
    return sent | _counted(rows)


def counts_of_month(partner: Partner, begin: datetime, end: datetime) -> dict[str, int]:
    """What came of an institution from `begin` to `end`, as stands beside its statement.

    Applications are counted where they came by campaigns: a link or lead is one person, and a
    count of one person would tell what only that person may let us tell.
    """
    span = {"created_at__gte": begin, "created_at__lt": end}
    codes = Campaign.objects.filter(partner=partner).values("ref")
    rows = Application.objects.filter(origin_ref=partner.ref, entry_ref__in=codes, **span)
    sent = {"links": partner.entry_links.filter(**span).count()}
    sent["leads"] = partner.leads.filter(**span).count()
    return sent | {f"campaigns_{name}": number for name, number in _counted(rows).items()}


def _counted(rows: QuerySet[Application]) -> dict[str, int]:
    return rows.aggregate(
        begun=Count("pk"),
        sent=Count("pk", filter=~Q(status__in=[Status.DRAFT, Status.EXPIRED])),
        approved=Count("pk", filter=Q(status__in=APPROVED)),
    )


def told_applications(origin: UUID, day: date) -> QuerySet[Application]:
    """What an institution may hear of on `day`: the customer agrees, and its contract has stages.

    Either alone is not enough: a customer cannot allow what law or contract forbids.
    """
    contract = Contract.objects.telling_stages(day).filter(partner__ref=origin)
    return Application.objects.shared_with(origin).filter(Exists(contract))


def shared_applications(leads: Iterable[Lead], origin: UUID) -> dict[UUID, Application]:
    """The applications behind leads, as far as customers and contract let the institution know."""
    shared = told_applications(origin, clock.today())
    rows = shared.filter(entry_ref__in=[x.ref for x in leads])
    columns = ("ref", "entry_ref", "status", "stage_since", "promised_at", "version")
    found: dict[UUID, Application] = {}
    for row in rows.only(*columns).order_by("pk"):
        assert row.entry_ref is not None
        found[row.entry_ref] = row
    return found


def told_version(row: Appointment, *, shared: bool) -> int:
    """How often what is told of an appointment has changed.

    Args:
        row: with its visit.
        shared: whether its stage may be told; until then only the institution's own acts count.
    """
    if not shared:
        return row.version
    visit = row.visit
    stage = VISIT_ORDER.index(TOLD_VISITS[visit.status])
    return row.version + 1 + visit.sequence * len(VISIT_ORDER) + stage


def visible_outlets(institution: UUID) -> QuerySet[OrgUnit]:
    """Open outlets, and our desks in the rooms of this institution."""
    today = clock.today()
    hosted = PointHost.objects.on(today).filter(institution_ref=institution)
    return OrgUnit.objects.filter(
        Q(closed_on=None) | Q(closed_on__gt=today),
        Q(kind=Kind.OUTLET) | Q(kind=Kind.SERVICE_POINT, pk__in=hosted.values("unit")),
        opened_on__lte=today,
    )
