"""Real threads: many that begin at the same moment, and one that serves."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from socketserver import BaseServer
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def together(act: Callable[[], T], *, times: int, patience: int = 60) -> list[T]:
    """What `act` returned in each of `times` threads that started at once; raises what it raised.

    Args:
        act: closes the database connection of its thread itself.
        times: how many threads.
        patience: seconds until a thread counts as stuck; more for long work on a busy machine.
    """
    start = threading.Barrier(times)

    def run() -> T:
        start.wait(30)
        return act()

    with ThreadPoolExecutor(times) as pool:
        running = [pool.submit(run) for _ in range(times)]
        return [one.result(patience) for one in running]


@contextmanager
def serving(server: BaseServer) -> Iterator[None]:
    """Serve in a thread of its own. It ends at once; by default it would look twice a second."""
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def wait_for_a_lock() -> None:
    """Return once another connection waits for a row that somebody locked; within ten seconds."""
    deadline = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
    raise AssertionError("Nobody waits for a lock.")
