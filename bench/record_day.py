"""A record day's work behind the scenes: how long workers take for what customers have sent.

    BENCH_APPLICATIONS=60 python -m bench record_day

Customers open accounts over HTTP while no worker runs; then one worker (jobs and events, as in
`make run`), later two, work off checks of files, photos encoded anew, answers from outside, the
review by rule and the signed file; and last, by themselves, the photos are read. The clock starts
with the first job that is taken, so loading a worker is not in it. What waits for the
depository's hours stays.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bench import journeys_usage as usage
from bench.journeys import run_customers
from bench.portal import running_portal
from brokerage.core.jobs import Lane
from brokerage.launch.supervisor import die_with_parent
from brokerage.settings.env import BASE_DIR

APPLICATIONS = int(os.environ.get("BENCH_APPLICATIONS", "60"))
RECORD_DAY = 100_000
PATIENCE = 900.0
Figures = dict[str, float | int | str]
LANES, READING = [Lane.INTERACTIVE.value, Lane.BULK.value], [Lane.READING.value]
WAITING = """
SELECT (SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')
        AND queue_name = ANY(%(lanes)s) AND (scheduled_at IS NULL OR scheduled_at <= now()))
    + (SELECT count(*) FROM journal_delivery WHERE state = 'pending'
        AND (next_attempt_at IS NULL OR next_attempt_at <= now()))
"""
TAKEN = """
SELECT count(*) FROM procrastinate_jobs WHERE status IN ('doing', 'succeeded')
    AND queue_name = ANY(%(lanes)s)
"""
SEALED = "SELECT count(*) FROM accounts_pack WHERE status = 'sealed'"


def measure() -> dict[str, Figures]:
    """Seconds and hours by number of workers."""
    rows: dict[str, Figures] = {}
    with running_portal(
        setup="bench.journeys_setup", before_web=usage.shorten_waits, BROKERAGE_PROXIES="1"
    ) as (address, environment):
        for workers in (1, 2):
            run_customers(address, environment, 2, PATIENCE, workers, most=APPLICATIONS // 2)
            name = f"{workers} worker" + "s" * (workers > 1)
            rows[name] = _worked_off(environment, workers, LANES)
            rows[f"photos read, {name}"] = _worked_off(environment, workers, READING)
    return rows


def _worked_off(environment: Mapping[str, str], workers: int, lanes: list[str]) -> Figures:
    """Start so many workers for these lanes, and wait until nothing is left in them."""
    watch = usage.Watch(environment)
    with usage.connected(environment) as connection:

        def ask(question: str) -> int:
            row = connection.execute(question, {"lanes": lanes}).fetchone()
            return int(row[0]) if row else 0

        taken, sealed = ask(TAKEN), ask(SEALED)
        until, before = time.monotonic() + PATIENCE, watch.cpu().database
        with _workers(environment, workers, lanes) as pids:
            while ask(TAKEN) == taken:
                _rest(until)
            begun, used = time.monotonic(), sum(map(usage.family, pids))
            while ask(WAITING):
                _rest(until)
            seconds = time.monotonic() - begun
            spent = sum(map(usage.family, pids)) - used
        sealed = ask(SEALED) - sealed
    return {
        "applications": APPLICATIONS,
        "seconds": round(seconds, 1),
        "files_sealed": sealed,
        "hours_for_100000": round(seconds / APPLICATIONS * RECORD_DAY / 3600, 1),
        "worker_cpu_ms": round(spent / APPLICATIONS * 1000),
        "database_cpu_ms": round((watch.cpu().database - before) / APPLICATIONS * 1000),
    }


@contextmanager
def _workers(environment: Mapping[str, str], count: int, lanes: list[str]) -> Iterator[list[int]]:
    manage = [sys.executable, "manage.py"]
    jobs = [*manage, "procrastinate", "worker", "-q", ",".join(lanes), "-c", "2"]
    events = [*manage, "deliver_events"]
    running = [
        subprocess.Popen(
            command,
            cwd=BASE_DIR,
            env=dict(environment),
            preexec_fn=die_with_parent,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(count)
        for command in (jobs, events)
    ]
    try:
        yield [process.pid for process in running]
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


def _rest(until: float) -> None:
    if time.monotonic() > until:
        raise RuntimeError("the workers did not come to an end")
    time.sleep(0.2)
