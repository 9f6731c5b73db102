"""The daily measurement; found by the worker through `branches.tasks`."""

from __future__ import annotations

from branches.models import Suggestion
from branches.suggestions.states import Status
from branches.use_cases.answer_suggestion import measure
from brokerage.core import clock
from brokerage.core.jobs import schedule


@schedule("10 19 * * *")
def measure_released(timestamp: int) -> None:
    """Compare the windows of every released suggestion whose second window is complete."""
    at = clock.now()
    for row in Suggestion.objects.filter(status=Status.RELEASED).order_by("pk")[:1000]:
        measure(suggestion=row, at=at)
