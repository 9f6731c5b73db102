"""Background jobs on PostgreSQL: four lanes, retries with back-off, schedules.

A job is enqueued inside the caller's transaction, so it exists exactly when the effect does.
Its arguments are public refs and plain values, never personal data: they stand in a table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from enum import StrEnum
from functools import partial
from typing import Any

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Job
from psycopg.types.json import Jsonb

from brokerage.core.gathering import Gathering
from brokerage.core.saving import Write


class Lane(StrEnum):
    """Which worker takes a job: somebody waits, nobody waits, or the clock asks.

    Photos are read in a lane of their own: it takes most of the processor and a large model.
    """

    INTERACTIVE = "interactive"
    READING = "reading"
    BULK = "bulk"
    PERIODIC = "periodic"


ENQUEUE = "SELECT procrastinate_defer_jobs_v1(%s::procrastinate_job_to_defer_v1[])"
RETRY = RetryStrategy(max_attempts=6, exponential_wait=4)  # 4 s to about 17 minutes


def job(lane: Lane, *, lock: str | None = None, retry: bool = True) -> Callable[..., Any]:
    """Declare a background job.

    Args:
        lane: who waits for it.
        lock: jobs with the same lock run one after the other.
        retry: whether a failure is tried again (six times, with growing pauses).

    Returns:
        A decorator; the decorated function gets `.defer(**values)`.
    """

    declare = app.task(queue=lane.value, lock=lock, retry=RETRY if retry else False)

    def decorate(function: Callable[..., Any]) -> Any:
        task: Any = declare(function)
        task.defer = partial(_defer, task)
        return task

    return decorate


def together() -> AbstractContextManager[None]:
    """Jobs that are deferred within are enqueued by one statement at its end.

    Where the body raises, none of them is: its transaction is given up as well.
    """
    return _gathering.together()


def left_to_caller() -> AbstractContextManager[list[Job]]:
    """Jobs that are deferred within; the caller enqueues them with a statement of their own."""
    return _gathering.collected()


def enqueuing(jobs: Sequence[Job]) -> Write:
    """What enqueues jobs as a part of a larger statement (`brokerage.core.saving`)."""
    rows = [
        (
            each.queue,
            each.task_name,
            each.priority,
            each.lock,
            each.queueing_lock,
            Jsonb(each.task_kwargs),
            each.scheduled_at,
        )
        for each in jobs
    ]
    return Write(ENQUEUE, (rows,), lambda _numbers: None)


def _enqueue(jobs: list[Job]) -> None:
    app.job_manager.batch_defer_jobs(jobs=jobs)


_gathering = Gathering("jobs", _enqueue)


def _defer(task: Any, **values: Any) -> int | None:
    """The job's number, where it is enqueued at once."""
    deferrer = task.configure()
    if not _gathering.is_open:
        number: int = deferrer.defer(**values)
        return number
    _gathering.add(deferrer.make_new_job(**values))
    return None


def schedule(cron: str) -> Callable[..., Any]:
    """Declare a periodic job by a cron expression in UTC; it waits at most once.

    The decorated function takes the planned instant as `timestamp` (seconds since 1970).
    """

    def decorate(function: Callable[..., Any]) -> Any:
        name = f"{function.__module__}.{function.__qualname__}"
        task = app.task(queue=Lane.PERIODIC.value, queueing_lock=name, retry=RETRY)(function)
        return app.periodic(cron=cron)(task)

    return decorate
