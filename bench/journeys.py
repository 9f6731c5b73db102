"""Whole journeys of opening an account over HTTP, from the first page to the active account.

    python -m bench journeys [--seconds 25] [--customers 1,2,4,8] [--activated 12]

A portal in production mode with a fresh database; customers sign up by SMS code, go through every
step with photos and videos of real size, sign, and send. Nobody thinks: each asks again as soon as
it has its answer. Reading the photos, checking files, answers from outside, review by the rule,
the signed file and the opening are worked off for the first of them and measured apart.
What the shortest times for reading and filming would add is left out: waiting costs nothing.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from bench import journeys_usage as usage
from bench.journeys_customer import Sample, drive
from bench.journeys_limit import write_bare
from bench.portal import running_portal
from brokerage.settings.env import BASE_DIR

STEP_MS = 150
Figures = dict[str, Any]


def measure(arguments: Sequence[str] = ()) -> dict[str, Figures]:
    """Run everything; returns figures by row, the first of them the headline."""
    options = _options(arguments)
    with running_portal(
        setup="bench.journeys_setup",
        before_web=usage.shorten_waits,
        BROKERAGE_PROXIES="1",
    ) as (address, environment):
        watch = usage.Watch(environment)
        first = max(1, options.activated // 2)  # they warm processes and caches, too
        run_customers(address, environment, 2, 120.0, 0, most=first)
        after = _afterwards(environment)
        before, rows = watch.rows(), {}
        for number, customers in enumerate(options.customers, start=1):
            rows[f"{customers} customers"] = _level(
                watch, address, environment, customers, options.seconds, number
            )
        written = watch.since(before)
        best = _best(rows)
        bare = write_bare(environment, watch, written, _journeys(rows))
    journeys = _journeys(rows)
    for row in rows.values():
        del row["samples"]
    headline = {
        "journeys_per_hour": round(best["per_second"] * 3600),
        "step_p95_ms": best["p95_ms"],
        "postgres_cpu_ratio": round(best["database_cpu_ms"] / max(bare["cpu_ms"], 0.01), 2),
        "journeys": journeys,
        "failed": sum(row["failed"] for row in rows.values()),
        "activated": after.pop("activated"),
    }
    found = {"headline": headline, **rows, "written per journey": _each(written, journeys)}
    return {**found, "bare script": bare, "afterwards, cpu ms": after, **best_steps(best)}


def best_steps(level: Mapping[str, Any]) -> dict[str, Figures]:
    """One row for each step of a level."""
    return {f"step: {name}": dict(figures) for name, figures in level["steps"].items()}


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench journeys")
    parser.add_argument("--seconds", type=float, default=25.0)
    parser.add_argument(
        "--customers",
        type=_numbers,
        default=[1, 2, 4, 8],
    )
    parser.add_argument("--activated", type=int, default=12)
    return parser.parse_args(list(arguments))


def _numbers(text: str) -> list[int]:
    return [int(one) for one in text.split(",")]


def _level(
    watch: usage.Watch,
    address: str,
    environment: Mapping[str, str],
    customers: int,
    seconds: float,
    number: int,
) -> Figures:
    cpu, started = watch.cpu(), time.monotonic()
    samples, done, failed, driver = run_customers(address, environment, customers, seconds, number)
    spent = time.monotonic() - started
    used = watch.cpu()
    each = 1000 / max(done, 0.01)
    times = sorted(sample.milliseconds for sample in samples)
    return {
        "journeys": round(done, 1),
        "failed": failed,
        "per_second": round(done / seconds, 2),
        "actions_per_second": round(len(samples) / seconds, 1),
        "requests_per_second": round(sum(sample.requests for sample in samples) / seconds, 1),
        **usage.quantiles(times),
        "web_cpu_ms": round((used.web - cpu.web) * each, 1),
        "database_cpu_ms": round((used.database - cpu.database) * each, 1),
        "driver_cpu_ms": round(driver * each, 1),
        "seconds": round(spent, 1),
        "steps": _steps(samples),
        "samples": len(samples),
    }


def _steps(samples: Sequence[Sample]) -> dict[str, Figures]:
    by_step: dict[str, list[float]] = {}
    for sample in samples:
        by_step.setdefault(sample.step, []).append(sample.milliseconds)
    return {
        step: {"times": len(found), **usage.quantiles(sorted(found))}
        for step, found in by_step.items()
    }


def run_customers(
    address: str,
    environment: Mapping[str, str],
    customers: int,
    seconds: float,
    level: int,
    most: int = 1_000_000,
) -> tuple[list[Sample], float, int, float]:
    """Drive `customers`; samples, journeys (the last ones by the part that was done), failures
    and the processor seconds of the drivers."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    halves = [count for count in (customers // 2, customers - customers // 2) if count]
    workers = [
        context.Process(
            target=drive,
            args=(address, dict(environment), count, seconds, level, place, queue, most),
        )
        for place, count in enumerate(halves)
    ]
    for worker in workers:
        worker.start()
    parts = [queue.get(timeout=seconds + 300) for _ in workers]
    for worker in workers:
        worker.join()
    for problem in {problem for part in parts for problem in part.problems}:
        sys.stderr.write(f"  failed: {problem}\n")
    samples = [sample for part in parts for sample in part.samples]
    return (
        samples,
        sum(part.journeys for part in parts),
        sum(part.failed for part in parts),
        sum(part.cpu for part in parts),
    )


def _best(rows: Mapping[str, Figures]) -> Figures:
    """The busiest level that keeps the promise for each step; the quickest where none does."""
    kept = [row for row in rows.values() if row["p95_ms"] <= STEP_MS]
    if kept:
        return max(kept, key=lambda row: row["per_second"])
    return min(rows.values(), key=lambda row: row["p95_ms"])


def _journeys(rows: Mapping[str, Figures]) -> float:
    return round(sum(row["journeys"] for row in rows.values()), 1)


def _each(written: Mapping[str, float], journeys: float) -> Figures:
    shown = ("inserted", "updated", "transactions", "bytes", "file_bytes")
    return {name: round(written[name] / max(journeys, 1)) for name in shown}


def _afterwards(environment: Mapping[str, str]) -> Figures:
    done = subprocess.run(
        [sys.executable, "-m", "bench.journeys_after"],
        cwd=BASE_DIR,
        env=dict(environment),
        check=True,
        capture_output=True,
        text=True,
    )
    found: Figures = json.loads(done.stdout.splitlines()[-1])
    return found
