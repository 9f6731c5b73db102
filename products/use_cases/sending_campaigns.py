"""Send an agreed campaign in portions, each a transaction: cut off anywhere, nobody gets it twice.

Whom it reaches is found once; each customer is looked at again, by the assessment itself, before
anything is sent. The message centre has the last word (consent, silence, limits).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.urls import reverse

from brokerage.core.clock import business_date
from brokerage.core.display.languages import in_each_language
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.messaging import send
from brokerage.messaging.models import Message
from products.campaign_events import OfferCampaignBegun
from products.campaign_states import RunEnd, TargetStatus, Why
from products.models import OfferRun, OfferTarget
from products.selectors.reach import LONG_WORK, Audience, counted, find_reach, why_not
from products.use_cases.campaigning import audience_for, end_run
from products.use_cases.refusals import UnableToList
from suitability.models import Exposure
from suitability.rules.matching import LegName, MatchDecision, MatchOutcome
from suitability.use_cases.matching import match_customers, record_exposures

TEXT = "products.campaign"
PORTION = 200
ACTOR = Actor.system("products.campaigns")
FILL = """
INSERT INTO products_offertarget (run_id, customer_id, status, why)
SELECT %s, customer_id, 'waiting', '' FROM products_reach WHERE why = '' ORDER BY customer_id
"""
OF_LEG = {LegName.RISK: Why.RISK, LegName.HORIZON: Why.TIME, LegName.TYPE: Why.TYPE}


@transaction.atomic
def begin_run(*, run: OfferRun, at: datetime) -> OfferRun:
    """Find everybody whom the campaign reaches now; the second time changes nothing."""
    row = _locked(run)
    if row.begun_at is not None or row.ended_at is not None:
        return row
    audience = _audience(row, at)
    if audience is None:
        return row
    with connection.cursor() as cursor:
        cursor.execute(LONG_WORK)
        find_reach(audience, at)
        cursor.execute(FILL, [row.pk])
    counts = counted()
    row.begun_at, row.counts = at, counts.to_json()
    row.save(update_fields=["begun_at", "counts"])
    event = OfferCampaignBegun(subject=row.campaign.ref, reached=counts.reached)
    record(event, actor=ACTOR, at=at)
    return row


@transaction.atomic
def send_portion(*, run: OfferRun, at: datetime, size: int = PORTION) -> bool:
    """Look at the next customers and send to those for whom it still holds.

    Workers on one campaign wait for each other, and so does who stops it: a portion is short.

    Returns:
        Whether somebody may be left.
    """
    row = _locked(run)
    if row.ended_at is not None or row.begun_at is None:
        return False
    audience = _audience(row, at)
    if audience is None:
        return False
    waiting = OfferTarget.objects.filter(run=row, status=TargetStatus.WAITING).order_by("pk")
    targets = list(waiting.select_related("customer__user")[:size])
    if not targets:
        end_run(row, RunEnd.DONE, actor=ACTOR, at=at)
        return False
    against = _against(audience, [each.customer_id for each in targets], at)
    for target in targets:
        _settle(target, against.get(target.customer_id, Why.NO_INBOX), row, audience, at)
    return True


def _locked(run: OfferRun) -> OfferRun:
    rows = OfferRun.objects.select_for_update(of=("self",))
    row: OfferRun = rows.select_related("campaign__unit", "campaign__product").get(pk=run.pk)
    return row


def _audience(run: OfferRun, at: datetime) -> Audience | None:
    """Of whom is asked; None, and the run is ended, where nothing may be sent any more."""
    campaign = run.campaign
    on = business_date(at)
    if on > campaign.last_day:
        end_run(run, RunEnd.OVER, actor=ACTOR, at=at)
        return None
    try:
        return audience_for(
            unit=campaign.unit, product=campaign.product, kind=campaign.kind, on=on
        )
    except UnableToList:
        end_run(run, RunEnd.OFF, actor=ACTOR, at=at)
        return None


def _against(audience: Audience, customers: Sequence[int], at: datetime) -> dict[int, str]:
    """Reasons of this moment by customer; the assessment itself decides what suits."""
    found = why_not(audience, customers, at)
    left = [key for key in customers if found.get(key) == ""]
    on = business_date(at)
    for key, decision in match_customers(item=audience.product.item, customers=left, on=on):
        if decision.outcome is not MatchOutcome.MATCH:
            found[key] = _unsuitable(decision)
    return found


def _unsuitable(decision: MatchDecision) -> str:
    missed = [leg.name for leg in decision.legs if not leg.fits]
    return OF_LEG[missed[0]].value if missed else Why.ASSESSMENT.value


def _settle(
    target: OfferTarget, against: str, run: OfferRun, audience: Audience, at: datetime
) -> None:
    """Send it, or note why not; what is sent counts as shown and cannot be insisted on."""
    message = None if against else _sent(target, run, audience, at)
    if message is None:
        target.status = TargetStatus.HELD
        target.why = against or Why.LIMIT.value
    else:
        target.status, target.message = TargetStatus.SENT, message
        refs = [audience.product.item.ref]
        record_exposures(customer=target.customer, refs=refs, way=Exposure.Way.SENT, at=at)
    target.done_at = at
    target.save(update_fields=["status", "why", "message", "done_at"])


def _sent(target: OfferTarget, run: OfferRun, audience: Audience, at: datetime) -> Message | None:
    product: Any = audience.product
    return send(
        kind=TEXT,
        customer=target.customer,
        context={
            "name": in_each_language(lambda: str(product)),
            "grade": product.grade,
            "link": reverse("products:product", args=[product.item.code]),
        },
        at=at,
        dedupe_key=f"{TEXT}:{run.campaign.ref}:{target.customer.ref}",
    )
