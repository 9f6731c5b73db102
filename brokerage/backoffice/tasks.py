"""Tasks with clocks: apps offer them, one arbiter sorts them by promise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.utils.functional import Promise

from brokerage.core.display.promise import Face, face
from brokerage.core.registry import Registry

Text = str | Promise
Rows = QuerySet[Any]


class State(StrEnum):
    """Whether the clock of a task runs."""

    OPEN = "open"
    PAUSED = "paused"


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing to do.

    Attributes:
        title: what and whose, in a few words; no personal data that the list would not show.
        url: where it is done.
        detail: why now, in a short sentence.
        action: the word on the button, a verb; "Open" when empty.
        due_at: the promise; None where there is none.
        started_at: when the promise was given, for the ring.
        state: open or paused.
        waits_for: why the clock stands still; for paused tasks.
        mine: False where this person only watches.
    """

    title: Text
    url: str
    detail: Text = ""
    action: Text = ""
    due_at: datetime | None = None
    started_at: datetime | None = None
    state: State = State.OPEN
    waits_for: Text = ""
    mine: bool = True

    def clock(self, at: datetime) -> Face | None:
        """The face of its promise at `at`; None where nothing was promised."""
        if self.due_at is None:
            return None
        paused = str(self.waits_for) if self.state is State.PAUSED else ""
        return face(self.due_at, at, started_at=self.started_at, paused=paused)


@dataclass(frozen=True)
class Source:
    """A kind of task.

    Attributes:
        label: name of its tab.
        find: (user, at) → tasks of this person, most urgent first; at most LIMIT are taken.
        probe: (user, at) → query sets, one of which has rows where `find` has tasks; the home
            asks those of all sources in one query. None: `find` is always asked.
    """

    label: Text
    find: Callable[[Any, datetime], Iterable[Task]]
    probe: Callable[[Any, datetime], Iterable[Rows]] | None = None


LIMIT = 50
sources: Registry[Source] = Registry("backoffice.tasks")


def register_source(
    key: str,
    label: Text,
    find: Callable[[Any, datetime], Iterable[Task]],
    probe: Callable[[Any, datetime], Iterable[Rows]] | None = None,
) -> None:
    """Offer tasks of one kind; call it from an app's `ready()`. See `Source`."""
    sources.register(key, Source(label, find, probe))


@dataclass(frozen=True)
class Found:
    """The tasks of one source for one person."""

    key: str
    label: Text
    tasks: list[Task]


def tasks_by_source(user: Any, at: datetime) -> list[Found]:
    """What each source has for `user` at `at`; sources without tasks are left out."""
    found = []
    probed = {key: source.probe(user, at) for key, source in sources.items() if source.probe}
    there = with_rows(probed)
    for key, source in sources.items():
        if source.probe and key not in there:
            continue
        tasks = [task for _n, task in zip(range(LIMIT), source.find(user, at), strict=False)]
        if tasks:
            found.append(Found(key, source.label, sorted(tasks, key=urgency)))
    return found


def with_rows(asked: Mapping[str, Iterable[Rows]]) -> set[str]:
    """The keys for which one of the query sets has a row; one query for all."""
    rows = [
        one.order_by().annotate(_of=Value(key, CharField())).values_list("_of")[:1]
        for key, query_sets in asked.items()
        for one in query_sets
    ]
    if not rows:
        return set()
    first, *others = rows
    return {key for (key,) in (first.union(*others, all=True) if others else first)}


def arbitrate(found: list[Found]) -> list[Task]:
    """All tasks in one row, the nearest promise first."""
    return sorted((task for source in found for task in source.tasks), key=urgency)


def urgency(task: Task) -> tuple[bool, bool, float, str]:
    """Sort key: running clocks by promise, then paused ones, then those without a promise."""
    due = task.due_at.timestamp() if task.due_at else 0.0
    return (task.due_at is None, task.state is State.PAUSED, due, str(task.title))
