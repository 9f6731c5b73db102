"""Background entry points of the files app."""

from __future__ import annotations

import time
from uuid import UUID

from brokerage.core import clock
from brokerage.core.jobs import Lane, job, schedule


@job(Lane.INTERACTIVE)
def check_file(ref: str) -> None:
    """Check one stored file; somebody waits for it."""
    from brokerage.files.use_cases.check_file import check

    check(ref=UUID(ref), at=clock.now())


@schedule("17 * * * *")
def sweep_files(timestamp: int) -> None:
    """Remove what interrupted uploads left, every hour."""
    from brokerage.files.use_cases.sweep_files import sweep

    sweep(at=clock.now(), storage_now=time.time())
