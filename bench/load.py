"""A small closed-loop load generator: each client asks again as soon as it has its answer.

Runs in processes of its own; what it costs is small beside a page (about 0.3 ms a request).
"""

from __future__ import annotations

import http.client
import multiprocessing
import statistics
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Result:
    """What one run saw; times in milliseconds."""

    requests: int
    failed: int
    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


def drive(
    url: str, *, headers: Mapping[str, str] | None = None, clients: int = 8, seconds: float = 8.0
) -> Result:
    """Ask `url` from `clients` connections for `seconds`, after a second of warming up.

    An answer other than 200 counts as failed.
    """
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    halves = [clients // 2, clients - clients // 2] if clients > 1 else [1]
    workers = [
        context.Process(target=_work, args=(url, dict(headers or {}), count, seconds, queue))
        for count in halves
    ]
    for worker in workers:
        worker.start()
    parts = [queue.get() for _ in workers]
    for worker in workers:
        worker.join()
    times = sorted(spent for part in parts for spent in part[0])
    failed = sum(part[1] for part in parts)
    if not times:
        return Result(failed, failed, 0.0, 0.0, 0.0, 0.0)
    cuts = statistics.quantiles(times, n=100) if len(times) > 1 else [times[0]] * 99
    return Result(
        requests=len(times) + failed,
        failed=failed,
        per_second=round(len(times) / seconds, 1),
        p50_ms=round(cuts[49], 1),
        p95_ms=round(cuts[94], 1),
        p99_ms=round(cuts[98], 1),
    )


def _work(
    url: str,
    headers: dict[str, str],
    count: int,
    seconds: float,
    queue: multiprocessing.Queue[tuple[list[float], int]],
) -> None:
    times: list[float] = []
    failures: list[int] = []
    begin = time.monotonic() + 1.0
    threads = [
        threading.Thread(
            target=_client, args=(url, headers, begin, begin + seconds, times, failures)
        )
        for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.put((times, len(failures)))


def _client(
    url: str,
    headers: dict[str, str],
    begin: float,
    end: float,
    times: list[float],
    failures: list[int],
) -> None:
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=30)
    while (started := time.monotonic()) < end:
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            good = answer.status == 200
        except (OSError, http.client.HTTPException):
            connection.close()
            good = False
        if started < begin:
            continue
        if good:
            times.append((time.monotonic() - started) * 1000)
        else:
            failures.append(1)
