"""Background entry points of later markets: load, one call."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from accounts.models import MarketWish
from brokerage.core import clock
from brokerage.core.jobs import Lane, job, schedule

TOGETHER = 200


@job(Lane.BULK)
def seal_market(ref: str) -> None:
    """Make the signed file of a wish; where it has to wait, a later look comes back."""
    from accounts.use_cases import seal_market as sealing  # use cases defer tasks

    wish = MarketWish.objects.filter(ref=UUID(ref)).first()
    if wish is not None:
        sealing.seal_market(wish=wish, at=clock.now())


@schedule("*/5 * * * *")
def seal_markets_again(timestamp: int) -> None:
    """Queue wishes that were signed some minutes ago and have no file yet."""
    waiting = MarketWish.objects.to_seal(clock.now() - timedelta(minutes=2))
    for ref in waiting.order_by("signed_at").values_list("ref", flat=True)[:TOGETHER]:
        seal_market.defer(ref=str(ref))
