"""Background entry points of screening: load, one call."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from accounts.models import ListRelease
from brokerage.core import clock
from brokerage.core.jobs import Lane, job


@job(Lane.BULK)
def screen_stock(release: str) -> None:
    """Screen one piece of the stock against a release, and queue the next one."""
    from accounts.use_cases.screening import screen_piece

    row = ListRelease.objects.get(ref=UUID(release))
    with transaction.atomic():
        if screen_piece(release=row, at=clock.now()):
            screen_stock.defer(release=release)
