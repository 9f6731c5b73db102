"""Background entry points: load, one call."""

from __future__ import annotations

from uuid import UUID

from brokerage.core import clock
from brokerage.core.jobs import Lane, job, schedule


@job(Lane.BULK)
def make_export(ref: str) -> None:
    """Make the copy of a customer's data that was asked for."""
    from brokerage.customers.use_cases import build_export

    build_export(ref=UUID(ref), at=clock.now())


@schedule("23 * * * *")
def expire_old_exports(timestamp: int) -> None:
    """Empty the copies whose time is over."""
    from brokerage.customers.use_cases import expire_exports

    expire_exports(at=clock.now())
