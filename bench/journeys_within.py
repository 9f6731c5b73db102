"""One customer after the other in this process, without a network: where a journey's time goes.

    python -m bench.journeys_within [times] [--profile FILE] [--json]

In the environment of a portal that `bench.journeys_setup` filled. Prints, for the median journey,
requests, queries, and the processor time of the server by step, and that of the database for the
whole; with a file, what `pstats` reads.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import io
import itertools
import json
import os
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import journeys_usage as usage
from bench.journeys_browser import Fields
from bench.journeys_customer import Customer
from bench.journeys_line import Answer, Headers
from bench.journeys_people import photos
from brokerage.launch.postgres import Cluster

WARM = 6
"""Journeys that fill the caches before it is measured: the sixth time a statement is planned."""


class _Line:
    """Stands for the connection of `Browser`: calls the application and times it."""

    def __init__(self, application: Any, profile: cProfile.Profile | None) -> None:
        self.application, self.profile = application, profile
        self.host, self.port = "127.0.0.1", 8000
        self.spent = 0.0
        self.answer = Answer(0, Headers(()), b"")

    def request(self, method: str, path: str, body: bytes | None, headers: Fields) -> None:
        environ = _environ(method, path, body or b"", headers)
        told: list[Any] = []
        if self.profile:
            self.profile.enable()
        begun = time.process_time()
        parts = self.application(environ, lambda status, pairs: told.extend((status, pairs)))
        content = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
        self.spent += time.process_time() - begun
        if self.profile:
            self.profile.disable()
        self.answer = Answer(int(told[0][:3]), Headers(told[1]), content)

    def getresponse(self) -> Answer:
        return self.answer

    def close(self) -> None:
        """Nothing is open."""


class Within(Customer):
    """A customer whose browser stands in the server."""

    def __init__(self, application: Any, number: int, pictures: Fields, profile: Any) -> None:
        super().__init__("http://127.0.0.1:8000", number, pictures, float("inf"))
        self.line: Any = _Line(application, profile)
        self.spent: defaultdict[str, float] = defaultdict(float)
        self.queries: Counter[str] = Counter()

    def _once(self, method: str, path: str, body: str | bytes, headers: Fields) -> Answer:
        from django.db import connection

        before = self.line.spent

        def count(execute: Callable[..., Any], *args: Any) -> Any:
            self.queries[self.step] += 1
            return execute(*args)

        with connection.execute_wrapper(count):
            answer = super()._once(method, path, body, headers)
        self.spent[self.step] += self.line.spent - before
        return answer


def _environ(method: str, path: str, body: bytes, headers: Fields) -> dict[str, Any]:
    route, _, query = path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": route,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ


def main() -> None:
    """Open accounts and print where their time went."""
    parser = argparse.ArgumentParser(prog="python -m bench.journeys_within")
    parser.add_argument("times", type=int, nargs="?", default=7)
    parser.add_argument("--profile", default="")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brokerage.settings.dev")
    from brokerage.wsgi import application

    pictures, profile = photos(), cProfile.Profile() if options.profile else None
    numbers = itertools.count(random.SystemRandom().randrange(1, 60_000_000))
    opened, database = [], 0.0
    postmaster = Cluster(Path(os.environ["VAR_DIR"]) / "pg").postmaster_pid() or 0
    for turn in range(WARM + options.times):
        measured = turn >= WARM
        if turn == WARM:
            _as_a_worker()
            database = usage.family(postmaster)
        customer = Within(application, next(numbers), pictures, profile if measured else None)
        customer.open_an_account()
        if measured:
            opened.append(customer)
    each = (usage.family(postmaster) - database) * 1000 / len(opened)
    if options.json:
        found = {"web_ms": round(_whole(opened), 1), "database_ms": round(each, 1)}
        found |= {"queries": sum(opened[0].queries.values()), "requests": opened[0].asked}
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        _print(opened)
        sys.stdout.write(f"{'database':44} {each:6.1f}\n")
    if profile:
        profile.dump_stats(options.profile)


def _as_a_worker() -> None:
    """As `brokerage/launch/gunicorn_conf.py` begins a worker."""
    from brokerage.core import pooled, threads_only

    threads_only.begin()
    pooled.keep_for_a_moment()
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def _print(opened: list[Within]) -> None:
    first = opened[0]
    times = Counter(sample.step for sample in first.samples)
    sys.stdout.write(f"{'step':24} times requests queries ms\n")
    for step, count in times.items():
        asked = sum(sample.requests for sample in first.samples if sample.step == step)
        spent = statistics.median(each.spent[step] for each in opened) * 1000
        line = f"{step:24} {count:5} {asked:8} {first.queries[step]:7} {spent:6.1f}"
        sys.stdout.write(line + "\n")
    sys.stdout.write(
        f"{'whole journey':24} {sum(times.values()):5} {first.asked:8} "
        f"{sum(first.queries.values()):7} {_whole(opened):6.1f}\n"
    )


def _whole(opened: list[Within]) -> float:
    """Milliseconds of the server for the median journey."""
    return statistics.median(sum(each.spent.values()) for each in opened) * 1000


if __name__ == "__main__":
    main()
