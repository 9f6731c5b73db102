"""Background entry points of the evidence: load, one call."""

from __future__ import annotations

from uuid import UUID

from accounts.models.checks import OutsideCheck
from brokerage.core import clock
from brokerage.core.jobs import Lane, job, schedule

TOGETHER = 200


@job(Lane.INTERACTIVE)
def ask_outside(ref: str) -> None:
    """Ask a counterparty as soon as the question is committed."""
    from accounts.use_cases.outside_checks import ask

    check = OutsideCheck.objects.filter(ref=UUID(ref)).first()
    if check is not None:  # its draft may have ended meanwhile
        ask(check=check, at=clock.now())


@schedule("* * * * *")
def ask_again(timestamp: int) -> None:
    """Queue what waits and is due: after a failure, a killed worker, or when the window opens."""
    at = clock.now()
    due = OutsideCheck.objects.due(at).order_by("next_attempt_at", "id")
    for ref in due.values_list("ref", flat=True)[:TOGETHER]:
        ask_outside.defer(ref=str(ref))
