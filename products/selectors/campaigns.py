"""How a campaign of offers went, counted from its customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q

from brokerage.core.shares import Share
from products.campaign_states import TargetStatus, Why
from products.models import Bid, OfferCampaign, OfferRun, OfferTarget, Order
from products.states import Side

ACTED = timedelta(days=30)
"""What is ordered so long after the offer counts as following it; it proves no cause."""


@dataclass(frozen=True)
class Results:
    """Of the customers whom a campaign found.

    Attributes:
        opened: of those sent, whose message was opened in the inbox.
        acted: of those sent, who ordered or bid for the product within 30 days after it.
        held: (reason in words, number) of those held back, in the order of reasons.
    """

    waiting: int
    sent: int
    opened: Share
    acted: Share
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
    """Counted in two queries, whatever the number of customers."""
    targets = OfferTarget.objects.filter(run=run).order_by()
    rows = dict(
        targets.exclude(status=TargetStatus.SENT)
        .values_list("why")
        .annotate(number=Count("pk"))
        .values_list("why", "number")
    )
    sent = _sent(targets.filter(status=TargetStatus.SENT), run.campaign.product_id)
    return Results(
        waiting=rows.get("", 0),
        sent=sent["sent"],
        opened=Share(sent["opened"], sent["sent"]),
        acted=Share(sent["acted"], sent["sent"]),
        held=[(str(why.label), rows[why.value]) for why in Why if why.value in rows],
    )


def _sent(targets: Any, product: int) -> dict[str, int]:
    after = {"customer": OuterRef("customer"), "placed_at__gte": OuterRef("done_at")}
    soon = {"placed_at__lt": OuterRef("done_at") + ACTED}
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
