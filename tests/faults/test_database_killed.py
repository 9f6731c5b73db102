"""Nothing that was acknowledged is lost when the whole database is killed under load.

The control run commits without waiting for the disk and must lose rows: so the test can fail.
"""

from __future__ import annotations

import threading
from pathlib import Path

import psycopg
import pytest

from brokerage.launch.postgres import Cluster
from tests.servers import connect, kill_everything

pytestmark = pytest.mark.slow
WRITERS = 4
EACH = 400


def killed_under_load(folder: Path, *, synchronous_commit: str) -> tuple[int, int]:
    """Write from four connections, kill every process at once, start again.

    Returns:
        How many rows were acknowledged, and how many of them are missing.
    """
    # a lazy WAL writer widens the window in which unsynchronised commits live in memory only
    cluster = Cluster(folder, settings={"shared_buffers": "16MB", "wal_writer_delay": "10000"})
    cluster.ensure()
    try:
        with connect(cluster) as connection:
            connection.execute("create table ledger (n bigint primary key)")
            connection.execute("checkpoint")
        acknowledged = write_until_enough(cluster, synchronous_commit)
        kill_everything(cluster)
        cluster.ensure()
        with connect(cluster) as connection:
            kept = {row[0] for row in connection.execute("select n from ledger")}
        return len(acknowledged), len(acknowledged - kept)
    finally:
        cluster.stop("immediate")


def write_until_enough(cluster: Cluster, synchronous_commit: str) -> set[int]:
    acknowledged: list[int] = []

    def write(base: int) -> None:
        with connect(cluster) as connection:
            connection.autocommit = True
            connection.execute(f"set synchronous_commit = {synchronous_commit}")
            for n in range(base, base + EACH):
                connection.execute("insert into ledger values (%s)", [n])
                acknowledged.append(n)

    threads = [threading.Thread(target=write, args=(place * EACH,)) for place in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return set(acknowledged)


def test_acknowledged_rows_survive(tmp_path):
    acknowledged, lost = killed_under_load(tmp_path / "pg", synchronous_commit="on")
    assert (acknowledged, lost) == (WRITERS * EACH, 0)


def test_the_control_without_synchronous_commit_loses_some(tmp_path):
    acknowledged, lost = killed_under_load(tmp_path / "pg", synchronous_commit="off")
    assert acknowledged == WRITERS * EACH
    assert lost > 0


def test_the_portal_never_turns_synchronous_commit_off(settings):
    assert "synchronous_commit" not in str(settings.DATABASES)
    assert psycopg.__version__  # the driver that acknowledges
