"""Background jobs on PostgreSQL: four lanes, retries with back-off, schedules.

A job is enqueued inside the caller's transaction, so it exists exactly when the effect does.
Its arguments are public refs and plain values, never personal data: they stand in a table.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app


class Lane(StrEnum):
    """Which worker takes a job: somebody waits, nobody waits, or the clock asks.

    Photos are read in a lane of their own: it takes most of the processor and a large model.
    """

    INTERACTIVE = "interactive"
    READING = "reading"
    BULK = "bulk"
    PERIODIC = "periodic"


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
    return app.task(queue=lane.value, lock=lock, retry=RETRY if retry else False)


def schedule(cron: str) -> Callable[..., Any]:
    """Declare a periodic job by a cron expression in UTC; it waits at most once.

    The decorated function takes the planned instant as `timestamp` (seconds since 1970).
    """

    def decorate(function: Callable[..., Any]) -> Any:
        name = f"{function.__module__}.{function.__qualname__}"
        task = app.task(queue=Lane.PERIODIC.value, queueing_lock=name, retry=RETRY)(function)
        return app.periodic(cron=cron)(task)

    return decorate
