"""Background entry points: load, one call."""

from __future__ import annotations

from uuid import UUID

from brokerage.core import clock
from brokerage.core.jobs import Lane, job, schedule


@job(Lane.INTERACTIVE)
def deliver_at_once(ref: str) -> None:
    """Security notices: somebody may have to act."""
    from brokerage.messaging.use_cases.deliver import deliver

    deliver(ref=UUID(ref), at=clock.now())


@job(Lane.BULK)
def deliver_in_turn(ref: str) -> None:
    """Everything else."""
    from brokerage.messaging.use_cases.deliver import deliver

    deliver(ref=UUID(ref), at=clock.now())


@schedule("* * * * *")
def catch_up(timestamp: int) -> None:
    """Queue what is due and was lost, close lost codes, take reports."""
    from brokerage.messaging.use_cases.deliver import overdue, schedule_delivery
    from brokerage.messaging.use_cases.send_code import close_lost_codes
    from brokerage.messaging.use_cases.take_reports import take_reports

    at = clock.now()
    for delivery in overdue(at):
        schedule_delivery(delivery)
    close_lost_codes(at=at)
    take_reports(at=at)
