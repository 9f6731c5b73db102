"""Background entry points of agreements on paper: load, one call."""

from __future__ import annotations

from uuid import UUID

from accounts.models import PaperSigning
from brokerage.core import clock
from brokerage.core.jobs import Lane, job


@job(Lane.INTERACTIVE)
def make_print(ref: str) -> None:
    """Make the file that staff print while the customer waits."""
    from accounts.use_cases.seal_paper import make_print as make  # use cases defer tasks

    paper = PaperSigning.objects.filter(ref=UUID(ref)).first()
    if paper is not None:
        make(paper=paper, at=clock.now())
