"""The journal under load: eight writers with delivery rows, sealing beside them, verification.

    python -m bench journal

Uses a scratch database on the configured server, which it makes and drops; takes about half a
minute. Each entry is a transaction of its own that is forced to disk, as a use case's would be.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

WRITERS = 8
SECONDS = 8.0
OBJECTS = 200  # of each writer
DELIVERED = 1_000
DATABASE = "bench_journal"

Figures = dict[str, float | int | str]


def measure() -> dict[str, Figures]:
    """Run all measurements; returns figures by name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brokerage.settings.test")
    from brokerage.launch.prepare import prepare

    prepare(command="bench")
    import django
    from django.conf import settings

    django.setup()
    with tempfile.TemporaryDirectory() as folder, _scratch_database():
        settings.ANCHOR_DIR = Path(folder)
        _subscribe()
        return {
            "1 writer": _write(1, SECONDS / 2),
            f"{WRITERS} writers": _write(WRITERS, SECONDS),
            f"{WRITERS} writers, 1 object": _write(WRITERS, SECONDS / 2, objects=0),
            "delivery": _deliver(),
            "verification": _verify(),
        }


def nothing(event: Any, entry: Any) -> None:
    """The handler: what is measured is the loop around it."""


def _subscribe() -> None:
    from brokerage.journal.subscriptions import subscribe

    subscribe(_event_class(), "bench.journal.nothing", name="bench.nothing")


def _event_class() -> Any:
    from brokerage.journal.events import KINDS, Event

    @dataclass(frozen=True, kw_only=True)
    class ThingMoved(Event):
        kind: ClassVar[str] = "bench.thing_moved"
        subject_type: ClassVar[str] = "bench.thing"
        status: str
        outlet: uuid.UUID

    return KINDS.setdefault(ThingMoved.kind, ThingMoved)


@contextmanager
def _scratch_database() -> Iterator[None]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    usual = connection.settings_dict["NAME"]
    _use("postgres", f"DROP DATABASE IF EXISTS {DATABASE} (FORCE)", f"CREATE DATABASE {DATABASE}")
    _use(DATABASE)
    try:
        executor = MigrationExecutor(connection)
        leaves = [key for key in executor.loader.graph.leaf_nodes() if key[0] == "journal"]
        executor.migrate(leaves)  # the tables of the journal only
        yield
    finally:
        _use("postgres", f"DROP DATABASE {DATABASE} (FORCE)")
        _use(usual)


def _use(database: str, *statements: str) -> None:
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = database
    for statement in statements:
        with connection.cursor() as cursor:
            cursor.execute(statement)


def _write(writers: int, seconds: float, objects: int = OBJECTS) -> Figures:
    """Writers in processes of their own, with a sealer beside them."""
    from django.db import connection

    from brokerage.journal import metrics

    connection.close()  # a connection must not be shared with a forked process
    context = multiprocessing.get_context("fork")
    counts: Queue[tuple[int, float]] = context.Queue()
    start = context.Barrier(writers + 1)
    stop = context.Event()
    processes: list[Any] = [
        context.Process(target=_writer, args=(start, counts, seconds, objects))
        for _ in range(writers)
    ]
    sealing = context.Process(target=_sealer, args=(stop,))
    for process in (*processes, sealing):
        process.start()
    start.wait()
    waiting = _sample_lock_waits(seconds)
    results = [counts.get(timeout=60) for _ in processes]
    written = sum(count for count, _ in results)
    busy = sum(seconds for _, seconds in results)
    for process in processes:
        process.join()
    ended = time.perf_counter()
    unsealed = metrics.unsealed()
    while metrics.unsealed() and time.perf_counter() - ended < 30:
        time.sleep(0.02)
    caught_up = time.perf_counter() - ended
    stop.set()
    sealing.join()
    return {
        "entries_per_second": round(written / seconds),
        "cpu_ms_per_entry": round(busy / written * 1000, 2),  # of writer and server together
        "writers_waiting_for_a_lock": f"{waiting:.2f} of {writers}",
        "unsealed_at_the_end": unsealed,
        "sealed_after_seconds": round(caught_up, 2),
    }


def _writer(
    start: Barrier, counts: Queue[tuple[int, float]], seconds: float, objects: int
) -> None:
    from django.db import connection, transaction

    from brokerage.core import clock
    from brokerage.core.context import Origin, entered, new_id
    from brokerage.journal.actors import Actor
    from brokerage.journal.record import record

    subjects = [uuid.uuid4() for _ in range(objects)] or [uuid.UUID(int=1)]
    event_class, outlet = _event_class(), uuid.uuid4()
    actor = Actor("user", uuid.uuid4(), "何屿")
    written = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (server,) = cursor.fetchone()
    with entered(Origin(request_id=new_id(), channel="bench", address="192.0.2.0/24")):
        start.wait()
        busy = -_cpu_seconds(os.getpid(), server)
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            subject = subjects[written % len(subjects)]
            with transaction.atomic():
                event = event_class(subject=subject, status="submitted", outlet=outlet)
                record(
                    event,
                    actor=actor,
                    at=clock.now(),
                    reason="客户到店",
                    before={"status": "draft"},
                    after={"status": "submitted"},
                )
            written += 1
    counts.put((written, busy + _cpu_seconds(os.getpid(), server)))
    connection.close()


def _cpu_seconds(*pids: int) -> float:
    """Processor time of these processes so far; zero where the server is on another machine."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _sealer(stop: Any) -> None:
    from django.db import connection

    from brokerage.core import clock
    from brokerage.journal.seals import Sealer

    sealer = Sealer()
    while not stop.wait(0.5):
        sealer.turn(at=clock.now())
    connection.close()


def _sample_lock_waits(seconds: float) -> float:
    """How many writers wait for a lock at a time, on average."""
    from django.db import connection

    samples: list[int] = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until - 0.2:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = %s AND wait_event_type = 'Lock'",
                [DATABASE],
            )
            samples.append(cursor.fetchone()[0])
        time.sleep(0.1)
    return sum(samples) / max(len(samples), 1)


def _deliver() -> Figures:
    from brokerage.core import clock
    from brokerage.journal import metrics
    from brokerage.journal.delivery import deliver_pending

    waiting = metrics.pending()
    started = time.perf_counter()
    delivered = deliver_pending(at=clock.now(), limit=DELIVERED)
    seconds = time.perf_counter() - started
    return {"deliveries_per_second": round(delivered / seconds), "waiting_before": waiting}


def _verify() -> Figures:
    from brokerage.core import clock
    from brokerage.journal.anchors import anchor_last_seal
    from brokerage.journal.verify import Checked, verify

    anchor_last_seal(at=clock.now())
    checked = Checked()
    started = time.perf_counter()
    findings = sum(1 for _ in verify(checked))
    seconds = time.perf_counter() - started
    return {
        "rows_per_second": round(checked.rows / seconds),
        "rows": checked.rows,
        "seals": checked.seals,
        "findings": findings,
    }
