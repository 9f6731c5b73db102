"""What a portal uses: processor time of its processes, rows and bytes in its database."""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from brokerage.launch.postgres import Cluster

TICKS = os.sysconf("SC_CLK_TCK")
SHORTER = (
    "UPDATE accounts_agreementtext SET least_seconds = 0",
    """UPDATE reference_rule SET value = (
        SELECT jsonb_agg(part || '{"least": 0.01}') FROM jsonb_array_elements(value) AS part)
       WHERE key = 'accounts.video_script'""",
)


@dataclass(frozen=True)
class Cpu:
    """Processor seconds so far."""

    web: float
    database: float


@contextmanager
def connected(environment: Mapping[str, str]) -> Iterator[psycopg.Connection[Any]]:
    """A connection as the owner of the portal's own database."""
    cluster = Cluster(Path(environment["VAR_DIR"]) / "pg")
    where = f"host={cluster.socket_dir} port={cluster.port} user=postgres dbname=brokerage"
    with psycopg.connect(where, autocommit=True) as connection:
        yield connection


def shorten_waits(environment: Mapping[str, str]) -> None:
    """Let texts and chapters have no shortest time, which a customer would only sit through."""
    with connected(environment) as connection:
        connection.execute("SET session_replication_role = replica")  # versions are immutable
        for statement in SHORTER:
            connection.execute(statement)


class Watch:
    """Looks at one portal."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.folder = Path(environment["VAR_DIR"])
        self.web = int(environment["BENCH_WEB_PID"])
        self.postmaster = Cluster(self.folder / "pg").postmaster_pid() or 0

    def cpu(self) -> Cpu:
        """Processor time of the web processes and of the database, so far."""
        return Cpu(family(self.web), family(self.postmaster))

    def rows(self) -> dict[str, float]:
        """Rows inserted and updated, writing transactions, bytes; and inserts by table."""
        with connected(self.environment) as connection:
            connection.execute("SELECT pg_stat_force_next_flush()")
            found: dict[str, float] = {}
            tables = connection.execute(
                "SELECT relname, n_tup_ins, n_tup_upd FROM pg_stat_user_tables"
            ).fetchall()
            for name, inserted, updated in tables:
                found[f"+{name}"], found[f"~{name}"] = inserted, updated
            last, size = connection.execute(  # type: ignore[misc]
                "SELECT pg_current_xact_id()::text::bigint, pg_database_size(current_database())"
            ).fetchone()
        found["inserted"] = sum(value for name, value in found.items() if name[0] == "+")
        found["updated"] = sum(value for name, value in found.items() if name[0] == "~")
        found["transactions"], found["bytes"] = last, size
        files = self.folder / "files"
        kept = (each for each in files.rglob("*") if each.is_file())
        found["file_bytes"] = sum(each.stat().st_size for each in kept)
        return found

    def since(self, before: Mapping[str, float]) -> dict[str, float]:
        """What was written since `before`."""
        return {name: value - before.get(name, 0) for name, value in self.rows().items()}


def quantiles(times: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 of sorted milliseconds."""
    if len(times) < 2:
        return dict.fromkeys(("p50_ms", "p95_ms", "p99_ms"), round(times[0], 1) if times else 0.0)
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return {f"p{at}_ms": round(cuts[at - 1], 1) for at in (50, 95, 99)}


def family(pid: int) -> float:
    """Processor seconds of a process, its living children, and those that ended."""
    return _own(pid, waited=True) + sum(_own(child, waited=True) for child in _children(pid))


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in task.read_text().split()]
    return found


def _own(pid: int, *, waited: bool) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return 0.0
    parts = fields[11:15] if waited else fields[11:13]
    return sum(int(part) for part in parts) / TICKS
