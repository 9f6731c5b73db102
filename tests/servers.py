"""Database servers of single tests: connect to them, kill them, wait until they are gone."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psycopg
import pytest

from brokerage.launch.postgres import Cluster


def connect(cluster: Cluster) -> psycopg.Connection:
    return psycopg.connect(
        host=str(cluster.socket_dir), port=cluster.port, user="postgres", dbname="postgres"
    )


def kill_everything(cluster: Cluster) -> None:
    """Kill the server and all its children at one moment, as a power cut would."""
    main = cluster.postmaster_pid()
    assert main is not None
    children = [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/stat")
        if _parent(path) == main
    ]
    for pid in [main, *children]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    wait_until_gone(main)


def wait_until_gone(pid: int) -> None:
    """Until no process of the killed server holds its memory (children end by themselves)."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        alive = [
            path
            for path in Path("/proc").glob("[0-9]*/stat")
            if _parent(path) == pid and _state(path) != "Z"
        ]
        if not alive and _state(Path(f"/proc/{pid}/stat")) in ("Z", ""):
            return
        time.sleep(0.02)
    pytest.fail("the killed server's processes did not end")


def _fields(path: Path) -> list[str]:
    try:
        return path.read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return []


def _parent(path: Path) -> int:
    fields = _fields(path)
    return int(fields[1]) if fields else 0


def _state(path: Path) -> str:
    fields = _fields(path)
    return fields[0] if fields else ""
