"""Propose a campaign of offers, counted; agree to it as a second person; stop it at once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from branches.models import OrgUnit
from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from products.campaign_events import (
    OfferCampaignAgreed,
    OfferCampaignEnded,
    OfferCampaignProposed,
)
from products.campaign_states import RunEnd, TargetStatus
from products.models import OfferCampaign, OfferRun, Product, Terms
from products.selectors.reach import Audience, Counts, count_reach
from products.use_cases.refusals import UnableToList, check


def audience_for(*, unit: OrgUnit, product: Product, kind: str, on: date) -> Audience:
    """Of whom a campaign would ask, where the product may be offered to many at all.

    Raises:
        UnableToList: `errors` names the field.
    """
    found = Product.objects.for_sale(on).openly().select_related("item").filter(pk=product.pk)
    row: Any = found.first()
    if row is None:
        raise _wrong("product", _("The product is not for sale on the open shelf."))
    if row.item.requirements:
        said = _("Its entry requirements are proved one by one, so it is offered to nobody here.")
        raise _wrong("product", said)
    terms = Terms.objects.approved().on(on).select_related("unit").get(product=row)
    if terms.unit and not OrgUnit.objects.under(terms.unit, on).filter(pk=unit.pk).exists():
        raise _wrong("unit", _("The product is sold at {unit} alone.").format(unit=terms.unit))
    return Audience(product=row, unit=unit, kind=kind)


def preview(*, unit: OrgUnit, product: Product, kind: str, at: datetime) -> Counts:
    """How many a campaign would reach, and why the others fall out. Writes nothing.

    Raises:
        UnableToList: where the product may not be offered to many.
    """
    audience = audience_for(unit=unit, product=product, kind=kind, on=business_date(at))
    return count_reach(audience, at)


@transaction.atomic
def propose_campaign(
    *,
    name: str,
    unit: OrgUnit,
    product: Product,
    kind: str,
    last_day: date,
    maker: User,
    at: datetime,
) -> OfferCampaign:
    """Propose a campaign with the figures of this moment; it is sent once a second person agrees.

    Args:
        kind: persons or organisations; empty for both.
        last_day: after it nothing is sent any more.

    Raises:
        UnableToList: `errors` names the fields.
    """
    if last_day < business_date(at):
        raise _wrong("last_day", _("The day lies in the past."))
    counts = preview(unit=unit, product=product, kind=kind, at=at)
    if not counts.reached:
        raise _wrong("product", _("This would reach nobody."))
    row = OfferCampaign(
        name=name.strip(),
        unit=unit,
        product=product,
        kind=kind,
        last_day=last_day,
        preview=counts.to_json(),
        made_by_ref=maker.ref,
        made_at=at,
    )
    check(row)
    row.save()
    event = OfferCampaignProposed(subject=row.ref, reached=counts.reached)
    record(event, actor=Actor.of(maker), at=at)
    return row


def campaign_approved(row: OfferCampaign, checker: User, at: datetime) -> None:
    """Hand it to the worker; runs in the approval's transaction."""
    from products.tasks import send_campaign

    OfferRun.objects.create(campaign=row, asked_at=at)
    record(OfferCampaignAgreed(subject=row.ref), actor=Actor.of(checker), at=at)
    send_campaign.defer(ref=str(row.ref))


@transaction.atomic
def stop_campaign(*, campaign: OfferCampaign, by: User, at: datetime) -> OfferRun:
    """Send nothing more from now on; one person is enough.

    Raises:
        UnableToList: when nothing is being sent.
    """
    runs = OfferRun.objects.select_for_update(of=("self",)).filter(campaign=campaign)
    run = runs.under_way().select_related("campaign").first()
    if run is None:
        raise UnableToList(_("Nothing is being sent."))
    run.stopped_by_ref = by.ref
    end_run(run, RunEnd.STOPPED, actor=Actor.of(by), at=at)
    return run


def end_run(run: OfferRun, end: RunEnd, *, actor: Actor, at: datetime) -> None:
    """Note why nothing more is sent; the caller holds the lock."""
    run.end, run.ended_at = end, at
    run.save(update_fields=["end", "ended_at", "stopped_by_ref"])
    sent = run.targets.filter(status=TargetStatus.SENT).count()
    event = OfferCampaignEnded(subject=run.campaign.ref, end=end.value, sent=sent)
    record(event, actor=actor, at=at)


def _wrong(field: str, said: str) -> UnableToList:
    return UnableToList(said, {field: [said]})
