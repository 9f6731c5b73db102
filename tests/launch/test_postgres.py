"""The embedded database: killed, raced, with stale locks; its data stays."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from brokerage.launch import preflight
from brokerage.launch.errors import LaunchError
from brokerage.launch.postgres import Cluster
from tests.servers import connect, wait_until_gone

pytestmark = pytest.mark.slow


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    fresh = Cluster(tmp_path / "pg", settings={"shared_buffers": "16MB"})
    yield fresh
    if fresh.root.exists():
        fresh.stop("immediate")


def test_it_starts_once_though_four_ask_at_once(tmp_path, cluster):
    with ThreadPoolExecutor(4) as pool:
        started = list(pool.map(lambda _: Cluster(cluster.root).ensure(), range(4)))
    assert sorted(started) == [False, False, False, True]


def test_committed_rows_survive_a_kill_of_the_whole_server(cluster):
    cluster.ensure()
    with connect(cluster) as connection:
        connection.execute("create table kept (n int)")
        connection.execute("insert into kept select generate_series(1, 1000)")
    pid = cluster.postmaster_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)

    wait_until_gone(pid)
    assert cluster.ensure() is True
    with connect(cluster) as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (1000,)


def test_a_lock_file_that_names_another_program_does_not_stop_the_start(cluster):
    cluster.ensure()
    cluster.stop()
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n")
    assert cluster.ensure() is True


def test_an_interrupted_first_start_is_begun_again(cluster):
    cluster.ensure()
    cluster.stop()
    (cluster.data / "PG_VERSION").unlink()
    assert cluster.ensure() is True


def test_a_planted_link_in_place_of_the_socket_folder_is_refused(cluster, tmp_path):
    cluster.socket_dir.symlink_to(tmp_path)
    try:
        with pytest.raises(LaunchError, match="belongs to somebody else"):
            cluster.ensure()
    finally:
        cluster.socket_dir.unlink()


def test_a_missing_program_folder_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("PG_BINDIR", str(tmp_path))
    with pytest.raises(LaunchError, match="holds no program named postgres"):
        Cluster(tmp_path / "pg").ensure()


def test_a_full_disk_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=5))
    with pytest.raises(LaunchError, match="0 MB are free"):
        preflight.check_folder(tmp_path)


def test_a_port_in_use_is_named_with_the_way_out():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LaunchError, match=rf"Port {port} is in use.*PORT={port + 1} make run"):
            preflight.check_port(port, patience=0)


def test_a_second_portal_on_the_same_folder_is_refused(tmp_path):
    with (
        preflight.only_one(tmp_path),
        pytest.raises(LaunchError, match="already runs"),
        preflight.only_one(tmp_path),
    ):
        pass
