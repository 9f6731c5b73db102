"""Background work of this app."""

from __future__ import annotations

from brokerage.core import clock
from brokerage.core.jobs import schedule
from suitability.use_cases.ending_status import remind_of_ends
from suitability.use_cases.sampling import draw_sample


@schedule("20 1 * * *")
def remind_professionals(timestamp: int) -> None:
    """Every day at 9:20 in Shanghai: tell professional investors whose status ends."""
    remind_of_ends(at=clock.now())


@schedule("50 1 * * *")
def draw_yearly_sample(timestamp: int) -> None:
    """Every day at 9:50 in Shanghai: draw the sample of the year before, once it is due."""
    draw_sample(at=clock.now())
