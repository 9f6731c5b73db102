"""How many began and finished a step, for what suggestions did to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from django.db.models import Count, Q

from accounts.models import Application, Section
from accounts.states import SECTION_DONE, SECTIONS, Step
from branches.suggestions.effect import Window
from brokerage.core.clock import day_begins


def counter(step: Step) -> Callable[[date, date], Window] | None:
    """How `step` is counted; None where nothing of ours tells it (the assessment, sharing)."""
    if step in SECTIONS:
        return partial(_section, step)
    return _sent if step == Step.SEND else None


def _section(step: Step, first: date, end: date) -> Window:
    """Of the applications begun in the window: who opened the step, and who finished it.

    By the beginning of the application, so that everybody counts in one window only; the step
    itself may be finished later. Half-open, days of Shanghai.
    """
    found = Section.objects.filter(
        step=step,
        application__created_at__gte=day_begins(first),
        application__created_at__lt=day_begins(end),
    ).aggregate(begun=Count("pk"), finished=Count("pk", filter=Q(status__in=SECTION_DONE)))
    return Window(**found)


def _sent(first: date, end: date) -> Window:
    """Of the applications begun in the window: all, and those that were sent."""
    found = Application.objects.filter(
        created_at__gte=day_begins(first), created_at__lt=day_begins(end)
    ).aggregate(begun=Count("pk"), finished=Count("submitted_at"))
    return Window(**found)
