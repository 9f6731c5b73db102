"""The process behind `manage.py deliver_events`: delivers, seals, anchors, makes partitions.

It polls: NOTIFY would take one lock at every commit that records something, and writers would
queue behind it. An idle poll is one look at a small partial index.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import Error, connection

from brokerage.core import clock
from brokerage.core.clock import SHANGHAI
from brokerage.journal.anchors import anchor_last_seal
from brokerage.journal.delivery import deliver_pending
from brokerage.journal.metrics import WORKER
from brokerage.journal.models import Heartbeat
from brokerage.journal.partitions import add_partitions
from brokerage.journal.seals import Sealer

POLL = 0.25  # seconds between two looks when nothing was due
BATCH = 50  # deliveries between two looks at the other duties and at the stop sign
LONGEST_WAIT = 5.0  # seconds between two tries to reach the database

log = logging.getLogger("brokerage.journal.worker")


class Duty:
    """Something done again and again, at least `every` apart."""

    def __init__(self, every: timedelta, do: Callable[[datetime], object]) -> None:
        self.every, self.do = every, do
        self.last: datetime | None = None

    def run_if_due(self, at: datetime) -> None:
        """Run unless it ran less than `every` ago (a clock that was set back counts as due)."""
        if self.last and self.last <= at < self.last + self.every:
            return
        self.do(at)
        self.last = at


class Worker:
    """Runs until `stop()`; survives failures of the database by reconnecting."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.sealer = Sealer()
        self.anchored_in = ""
        self.duties = [
            Duty(timedelta(hours=1), lambda at: add_partitions()),
            Duty(timedelta(seconds=5), beat),
            Duty(timedelta(seconds=3), lambda at: self.sealer.turn(at=at)),
            Duty(timedelta(seconds=30), self.anchor_hourly),
        ]

    def stop(self) -> None:
        """Finish the delivery at hand, seal, anchor, return from `run()`."""
        self.stopping.set()

    def run(self) -> None:
        """Work until stopped."""
        wait = POLL
        while not self.stopping.is_set():
            try:
                busy = self.turn(clock.now())
                wait = POLL
            except (Error, OSError) as error:
                log.warning("turn failed", exc_info=error)
                _forget_connection()
                busy, wait = False, min(wait * 2, LONGEST_WAIT)
            if not busy:
                self.stopping.wait(wait)
        self.finish(clock.now())

    def turn(self, at: datetime) -> bool:
        """Deliver a batch and see to the duties; returns whether there may be more to do."""
        delivered = deliver_pending(at=at, limit=BATCH)
        for duty in self.duties:
            duty.run_if_due(at)
        return delivered > 0

    def anchor_hourly(self, at: datetime) -> None:
        """Anchor once in each hour of the business day, and so at its turn.

        An hour that begins without a new seal is anchored at its first one.
        """
        hour = f"{at.astimezone(SHANGHAI):%Y-%m-%dT%H}"
        if hour != self.anchored_in and anchor_last_seal(at=at):
            self.anchored_in = hour

    def finish(self, at: datetime) -> None:
        """Seal and anchor what is there; a database that is gone is no reason to hang."""
        try:
            self.sealer.turn(at=at)
            anchor_last_seal(at=at)
        except (Error, OSError) as error:
            log.warning("stopped without a last anchor", exc_info=error)


def beat(at: datetime) -> None:
    """Say that the worker works."""
    Heartbeat.objects.update_or_create(name=WORKER, defaults={"at": at})


def _forget_connection() -> None:
    try:
        connection.close()
    except Error:
        connection.connection = None
