"""`make run`: each part killed comes back; the whole killed loses nothing; a signal ends all."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from brokerage.launch import unchanged
from brokerage.launch.postgres import Cluster
from tests.faults.callers import Visitor, until
from tests.faults.launching import Launched, end_all, processes, refused
from tests.faults.portal import is_alive, kill
from tests.servers import kill_everything

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("launcher")]
PARTS = ["gunicorn", "deliver_events", "interactive,periodic", "-q reading", "-q bulk"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("launched") / "var"
    yield made
    end_all(made)


@pytest.fixture
def launched(folder: Path) -> Iterator[Launched]:
    portal = Launched(folder)
    portal.wait_until_started()
    yield portal
    if portal.process.poll() is None:
        portal.stop(signal.SIGINT)


def test_what_is_killed_is_started_again(launched: Launched) -> None:
    assert "already runs" in refused(launched.folder), "a second start on the same folder"
    before = {part: until_running(launched, part) for part in PARTS}
    for part, pid in before.items():
        kill(pid)
        after = until(
            lambda: (found := launched.child(part)) != pid and found,  # noqa: B023 - called at once
            within=30,
            what=f"{part} is started again",
        )
        assert after != pid
    # the supervisor or a worker that starts again brings it back, whoever notices first
    cluster = Cluster(launched.folder / "pg")
    killed = cluster.postmaster_pid()
    kill_everything(cluster)
    until(launched.is_ready, within=40, what="the portal answers again")
    assert cluster.postmaster_pid() not in (None, killed)
    assert "Traceback" not in launched.said()


def test_the_whole_killed_loses_nothing_and_a_new_start_works(launched: Launched) -> None:
    customer = Visitor(launched.port).sign_up("13900000601")
    home = customer.begin()
    customer.send(f"{home}identity/", name="江映雪")
    others = [pid for pid in processes(launched.folder) if "postgres" not in name_of(pid)]
    cluster = Cluster(launched.folder / "pg")
    kill(launched.pid)
    launched.process.wait()
    until(lambda: not any(map(is_alive, others)), within=30, what="its children end by themselves")
    kill_everything(cluster)
    (cluster.data / "postmaster.pid").write_text("what a crash left\n")

    again = Launched(launched.folder)
    try:
        again.wait_until_started()
        customer.port = again.port
        assert 'value="江映雪"' in customer.get(f"{home}identity/").text
    finally:
        assert again.stop(signal.SIGINT) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_ends_everything(launched: Launched, number: signal.Signals) -> None:
    assert until_running(launched, "-q bulk")
    assert launched.stop(number) == 0
    assert processes(launched.folder) == []
    assert "Traceback" not in launched.said()


def test_a_start_looks_into_a_database_that_changed(launched: Launched) -> None:
    cluster = Cluster(launched.folder / "pg")
    assert unchanged.is_unchanged(launched.folder, cluster)
    server = f"host={cluster.socket_dir} user=postgres dbname=brokerage"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT * FROM django_migrations")
        connection.execute("DELETE FROM django_migrations WHERE app = 'files'")
        restored = unchanged.is_unchanged(launched.folder, cluster)
        connection.execute("TRUNCATE django_migrations")
        connection.execute("INSERT INTO django_migrations SELECT * FROM kept")
        connection.execute("DROP TABLE kept")
    assert not restored, "an older database was restored"
    assert unchanged.is_unchanged(launched.folder, cluster)
    launched.stop(signal.SIGINT)
    assert not unchanged.is_unchanged(launched.folder, cluster), "no database to ask"


def test_a_signal_during_the_set_up_ends_it(folder: Path) -> None:
    unchanged.forget(folder)
    portal = Launched(folder)
    until(lambda: "Translations" in portal.said(), within=60, what="the set-up runs")
    assert portal.stop(signal.SIGINT) == 130
    until(lambda: processes(folder) == [], within=20, what="nothing is left")
    assert "Traceback" not in portal.said()


def until_running(launched: Launched, part: str) -> int:
    found = until(lambda: launched.child(part), within=30, what=f"{part} runs")
    assert found
    return found


def name_of(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return ""
