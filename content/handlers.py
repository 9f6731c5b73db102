"""What follows when the trading counter corrects a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from brokerage.core.clock import business_date
from content.tasks import remind_of
from content.use_cases.remind import look_again
from holdings.events import FileTaken
from holdings.states import FileKind

LOOKED_AT = (FileKind.TRADES, FileKind.POSITIONS)
RECENT = timedelta(days=7)
"""For older days nobody is reminded any more."""


def remind_again(event: FileTaken, entry: Any) -> None:
    """Look once more at a day whose night has been; what was said is not said twice."""
    if event.file_kind not in LOOKED_AT or event.day < business_date(entry.at) - RECENT:
        return
    if look_again(day=event.day):
        remind_of.defer(day=event.day.isoformat())
