"""Questions about what institutions brought us."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Q, QuerySet

from accounts.models import Application
from accounts.states import Status
from branches.models import OrgUnit, PointHost
from branches.states import Kind
from brokerage.core import clock
from brokerage.core.clock import business_date, day_begins
from brokerage.reference.models import Rule
from partners.dated import COUNTS, SHELF
from partners.models import Appointment, Campaign, Contract, Lead, Partner, Shelf
from partners.states import TOLD_VISITS, VISIT_ORDER
from products.models import Product

FIGURES = ("begun", "sent", "approved")
APPROVED = (Status.APPROVED, Status.OPENING, Status.VISIT, Status.ACTIVE)


def counts_of(campaign: Campaign) -> dict[str, int]:
    """How many applications were begun, sent and approved by a campaign: for our own people.

    An institution gets `told_counts_of`.
    """
    rows = Application.objects.filter(origin_ref=campaign.partner.ref, entry_ref=campaign.ref)
    return rows.aggregate(**_figures(Q()))


@dataclass(frozen=True)
class ToldCounts:
    """Figures as an institution gets them.

    Attributes:
        figures: begun, sent, approved; None where there are fewer than `least`, for a count of
            few tells of single people what only they may let us tell.
        least: the smallest figure that is told.
        as_of: what happened from here on is not in them, so that asking again tells nothing of
            somebody who began or was approved meanwhile.
    """

    figures: dict[str, int | None]
    least: int
    as_of: datetime


def told_counts_of(campaign: Campaign, at: datetime) -> ToldCounts:
    """What an institution may know of one campaign.

    Rule source: partners.counts.
    """
    rows = Application.objects.filter(origin_ref=campaign.partner.ref, entry_ref=campaign.ref)
    return _told(rows, at)


def counts_of_partner(partner: Partner, at: datetime) -> ToldCounts:
    """What came by all campaigns of an institution, as it may know it.

    A figure that is too small to be told of its campaign is in no sum either: the rest of the sum
    would tell it.
    """
    codes = Campaign.objects.filter(partner=partner).values("ref")
    return _told(Application.objects.filter(origin_ref=partner.ref, entry_ref__in=codes), at)


def counts_of_month(partner: Partner, begin: datetime, end: datetime) -> dict[str, int | None]:
    """What came of an institution from `begin` to `end`, as stands beside its statement.

    Applications are counted where they came by campaigns that brought enough of them in that
    time: a link or lead is one person, and a count of few would tell what only they may let us
    tell. Of links and leads the institution knows itself how many it sent.
    """
    span = {"created_at__gte": begin, "created_at__lt": end}
    codes = Campaign.objects.filter(partner=partner).values("ref")
    rows = Application.objects.filter(origin_ref=partner.ref, entry_ref__in=codes, **span)
    found: dict[str, int | None] = {"links": partner.entry_links.filter(**span).count()}
    found["leads"] = partner.leads.filter(**span).count()
    figures = _told(rows, end).figures
    return found | {f"campaigns_{name}": number for name, number in figures.items()}


def _told(rows: QuerySet[Application], at: datetime) -> ToldCounts:
    """Figures of `rows` until the day of `at` began, campaign by campaign, without the small."""
    as_of = day_begins(business_date(at))
    least = Rule.objects.in_force(COUNTS, business_date(at)).figure["least"]
    told: dict[str, int | None] = dict.fromkeys(FIGURES)
    by_campaign = rows.filter(created_at__lt=as_of).values("entry_ref").order_by()
    counted = by_campaign.annotate(**_figures(Q(decided_at__lt=as_of), as_of))
    for row in counted.values_list(*FIGURES):
        for name, figure in zip(FIGURES, row, strict=True):
            if figure >= least:
                told[name] = (told[name] or 0) + figure
    return ToldCounts(told, least, as_of)


def _figures(decided: Q, sent_before: datetime | None = None) -> dict[str, Any]:
    """Counts by name; a draft that was withdrawn or ran out was never sent."""
    sent = Q(submitted_at__lt=sent_before) if sent_before else Q(submitted_at__isnull=False)
    return {
        "begun": Count("pk"),
        "sent": Count("pk", filter=sent),
        "approved": Count("pk", filter=Q(status__in=APPROVED) & decided),
    }


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


def shelf_of(partner: Partner, day: date) -> QuerySet[Product]:
    """What an institution may display on a business date, each row with `grade` and `least`.

    Of what is for sale on the open shelf: what two people agreed with it, else what its kind may.

    Rule source: partners.shelf.
    """
    rows: QuerySet[Product] = Product.objects.for_sale(day).openly()
    agreed = Shelf.objects.in_force(day).filter(partner=partner).first()
    if agreed is None:
        return rows.filter(family__in=Rule.objects.in_force(SHELF, day).figure[partner.kind])
    named = Q(family__in=agreed.families) | Q(item__code__in=agreed.codes)
    return rows.filter(named | Q(issuer=agreed.issuer_id) if agreed.issuer_id else named)


def visible_outlets(institution: UUID) -> QuerySet[OrgUnit]:
    """Open outlets, and our desks in the rooms of this institution."""
    today = clock.today()
    hosted = PointHost.objects.on(today).filter(institution_ref=institution)
    return OrgUnit.objects.filter(
        Q(closed_on=None) | Q(closed_on__gt=today),
        Q(kind=Kind.OUTLET) | Q(kind=Kind.SERVICE_POINT, pk__in=hosted.values("unit")),
        opened_on__lte=today,
    )
