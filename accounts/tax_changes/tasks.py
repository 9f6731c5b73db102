"""Background entry points of later tax declarations: load, one call."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from accounts.models import TaxDeclaration
from brokerage.core import clock
from brokerage.core.jobs import Lane, job, schedule

TOGETHER = 200


@job(Lane.BULK)
def seal_declaration(ref: str) -> None:
    """Make the signed file; where it has to wait, a later look comes back."""
    from accounts.use_cases import seal_declaration as sealing  # use cases defer tasks

    row = TaxDeclaration.objects.filter(ref=UUID(ref)).first()
    if row is not None:
        sealing.seal_declaration(declaration=row, at=clock.now())


@schedule("*/5 * * * *")
def seal_declarations_again(timestamp: int) -> None:
    """Queue what was signed some minutes ago and has no file yet."""
    waiting = TaxDeclaration.objects.to_seal(clock.now() - timedelta(minutes=2))
    for ref in waiting.order_by("signed_at").values_list("ref", flat=True)[:TOGETHER]:
        seal_declaration.defer(ref=str(ref))
