"""A worker that dies by SIGKILL in the middle of its work: a process of its own, forked here."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from django.db import connection


def killed_at(
    module: Any, name: str, work: Callable[[], object], *, calls: int = 0, after: bool = False
) -> None:
    """Do `work` in a process that is killed where it calls `module.name`.

    Args:
        module, name: which function.
        work: what the worker does; it opens a connection of its own.
        calls: of the function that go well; the process dies at the next.
        after: whether that one is made before the process dies.
    """
    worker = multiprocessing.get_context("fork").Process(
        target=_dying, args=(module, name, work, calls, after)
    )
    worker.start()
    worker.join(60)
    assert worker.exitcode == -signal.SIGKILL


def _dying(module: Any, name: str, work: Callable[[], object], calls: int, after: bool) -> None:
    kept, connection.connection = connection.connection, None  # the parent's stays the parent's
    made, left = getattr(module, name), iter(range(calls))

    def die(*args: Any, **values: Any) -> Any:
        if next(left, None) is None:
            if after:
                made(*args, **values)
            os.kill(os.getpid(), signal.SIGKILL)
        return made(*args, **values)

    with patch.object(module, name, die):
        work()
    raise AssertionError(f"it was not killed: {kept}")
