"""The task home: what this person does today, by promise."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

from brokerage.backoffice import tasks
from brokerage.core import clock
from brokerage.core.registry import Registry

FIRST = 30
"""So many tasks stand on the page; each tab shows its own."""

Text = str | Promise
signs: Registry[Any] = Registry("backoffice.home.signs")
"""Functions (user, at) → list of (icon, text): whose rows these are, and for whom one acts."""

asides: Registry[Any] = Registry("backoffice.home.asides")
"""Functions (user, at) → (template, context) or None: cards beside the tasks."""


def context_for(request: HttpRequest) -> dict[str, Any]:
    """Everything that the task home shows to this person."""
    at = clock.now()
    user = request.user
    found = tasks.tasks_by_source(user, at)
    chosen = next((one for one in found if one.key == request.GET.get("kind")), None)
    shown = chosen.tasks if chosen else tasks.arbitrate(found)
    faces = [(task, task.clock(at)) for task in tasks.arbitrate(found)]
    late = sum(face is not None and face.state == "late" for _task, face in faces)
    running = [face for _task, face in faces if face and face.state in ("running", "soon")]
    return {
        "now": at,
        "total": sum(len(one.tasks) for one in found),
        "late": late,
        "nearest": running[0] if running else None,
        "sources": found,
        "chosen": chosen,
        "tasks": [(task, task.clock(at)) for task in shown[:FIRST]],
        "rest": max(0, len(shown) - FIRST),
        "signs": [sign for find in signs for sign in find(user, at)],
        "asides": [aside for find in asides if (aside := find(user, at))],
    }
