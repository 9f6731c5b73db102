"""How a campaign of offers went, counted from its customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q

from brokerage.core.clock import business_date
from brokerage.core.shares import Share
from products.campaign_states import TargetStatus, Why
from products.dated import following_days_on
from products.models import Bid, OfferCampaign, OfferRun, OfferTarget, Order
from products.states import Side


@dataclass(frozen=True)
class Results:
    """Of the customers whom a campaign found.

    Attributes:
        opened: of those sent, whose message was opened in the inbox.
        acted: of those sent, who ordered or bid for the product within `days` after it, which
            proves no cause.
        days: by the rule of the day on which the campaign was agreed.
        held: (reason in words, number) of those held back, in the order of reasons.
    """

    waiting: int
    sent: int
    opened: Share
    acted: Share
    days: int
    held: list[tuple[str, int]]

    @property
    def held_back(self) -> int:
        """All who were found and then held back."""
        return sum(number for _why, number in self.held)


def run_of(campaign: OfferCampaign) -> OfferRun | None:
    """The sending of a campaign, once it was agreed."""
    found: OfferRun | None = OfferRun.objects.filter(campaign=campaign).first()
    return found


def results_of(run: OfferRun) -> Results:
    """Counted in three queries, whatever the number of customers."""
    days = following_days_on(business_date(run.asked_at))
    targets = OfferTarget.objects.filter(run=run).order_by()
    rows = dict(
        targets.exclude(status=TargetStatus.SENT)
        .values_list("why")
        .annotate(number=Count("pk"))
        .values_list("why", "number")
    )
    sent = _sent(targets.filter(status=TargetStatus.SENT), run.campaign.product_id, days)
    return Results(
        waiting=rows.get("", 0),
        sent=sent["sent"],
        opened=Share(sent["opened"], sent["sent"]),
        acted=Share(sent["acted"], sent["sent"]),
        days=days,
        held=[(str(why.label), rows[why.value]) for why in Why if why.value in rows],
    )


def _sent(targets: Any, product: int, days: int) -> dict[str, int]:
    after = {"customer": OuterRef("customer"), "placed_at__gte": OuterRef("done_at")}
    soon = {"placed_at__lt": OuterRef("done_at") + timedelta(days=days)}
    orders = Order.objects.filter(product=product, side=Side.SUBSCRIBE, **after, **soon)
    bids = Bid.objects.filter(book__product=product, **after, **soon)
    found: dict[str, int] = targets.annotate(
        acts=Exists(orders) | Exists(bids), read_at=F("message__read_at")
    ).aggregate(
        sent=Count("pk"),
        opened=Count("pk", filter=Q(read_at__isnull=False)),
        acted=Count("pk", filter=Q(acts=True)),
    )
    return found
