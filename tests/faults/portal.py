"""A small portal of its own, whose parts can be killed one by one."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from bench.portal import free_port
from brokerage.core.keyring import make_key_file
from brokerage.launch.postgres import Cluster
from brokerage.launch.supervisor import die_with_parent
from brokerage.settings import env
from brokerage.settings.env import BASE_DIR
from tests import database
from tests.faults.callers import Caller, Cut, Program, Visitor, until

COMMANDS = {
    "web": ["-m", "gunicorn", "-c", "python:brokerage.launch.gunicorn_conf", "brokerage.wsgi"],
    "events": ["manage.py", "deliver_events"],
    "jobs": ["manage.py", "procrastinate", "worker", "-c", "2"],
}


class Portal:
    """Database, web, events and jobs under `folder`; nothing is started again by itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.cluster = Cluster(folder / "pg")
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._next = 0
        metrics, socket = folder / "metrics", str(self.cluster.socket_dir)
        metrics.mkdir(parents=True)
        self.environment = clean_environment() | {
            "VAR_DIR": str(folder),
            "PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "PROMETHEUS_MULTIPROC_DIR": str(metrics),
            "PYTHONPATH": str(BASE_DIR),
            # named, so that no part starts the database again by itself
            "DATABASE_URL": f"postgres://postgres@{quote(socket, safe='')}/brokerage",
        }

    def seed(self) -> None:
        """Schema, reference data, an outlet, a partner with clients."""
        make_key_file(self.folder / "keys.json")
        self.cluster.ensure()
        self.cluster.create_database("brokerage")
        database.copy_template(self.cluster, "brokerage")
        found = json.loads(self.python("-m", "tests.faults.seed").stdout)
        self.outlet: str = found["outlet"]
        self.clients: list[tuple[str, str]] = found["clients"]

    def python(self, *words: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run Python in this portal's environment; fails with what it said."""
        done = subprocess.run(
            [sys.executable, *words],
            cwd=BASE_DIR,
            env=self.environment | options.pop("environment", {}),
            capture_output=True,
            text=True,
            check=False,
        )
        assert options.get("fails") or done.returncode == 0, done.stdout + done.stderr
        return done

    def manage(self, *words: str, **options: Any) -> subprocess.CompletedProcess[str]:
        return self.python("manage.py", *words, **options)

    # --- parts --------------------------------------------------------------------------------

    def start(self, *names: str) -> None:
        """Start parts; returns when web answers."""
        for name in names:
            with (self.folder / f"{name}.log").open("ab") as log:
                self.running[name] = subprocess.Popen(
                    [sys.executable, *COMMANDS[name]],
                    cwd=BASE_DIR,
                    env=self.environment,
                    stdout=log,
                    stderr=log,
                    stdin=subprocess.DEVNULL,
                    preexec_fn=die_with_parent,
                )
        if "web" in names:
            until(self.is_ready, within=60, what="web answers")

    def revive(self) -> None:
        """What the launcher does each moment: start what has ended."""
        self.cluster.ensure()
        for name, process in self.running.items():
            if process.poll() is not None:
                self.start(name)

    def is_ready(self) -> bool:
        try:
            return Caller(self.port, timeout=10).ask("GET", "/readyz").status == 200
        except Cut:
            return False

    def workers(self) -> list[int]:
        """The process ids of gunicorn's workers."""
        return children(self.running["web"].pid)

    def worker_of(self, client_port: int) -> int | None:
        """The web worker that holds the connection from `client_port`."""
        inode = _server_socket(self.port, client_port)
        for pid in self.workers() if inode else []:
            for link in Path(f"/proc/{pid}/fd").glob("*"):
                with contextlib.suppress(OSError):
                    if os.readlink(link) == f"socket:[{inode}]":
                        return pid
        return None

    def wait_for_workers(self) -> None:
        """Until each web worker listens: one that is killed leaves another to answer."""
        until(
            lambda: len(self.workers()) > 1 and all(map(_listens, self.workers())),
            within=60,
            what="every web worker listens",
        )

    def stop(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.wait(40)
        self.cluster.stop("immediate")

    # --- callers and the database --------------------------------------------------------------

    def visitor(self) -> Visitor:
        return Visitor(self.port)

    def program(self) -> Program:
        """A partner's program; they take turns, so that no limit is met."""
        self._next += 1
        return Program(self.port).sign_in(*self.clients[self._next % len(self.clients)])

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.cluster.socket_dir),
            port=self.cluster.port,
            user="postgres",
            dbname="brokerage",
            autocommit=True,
        )

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            return connection.execute(query, values or None).fetchall()

    @contextmanager
    def table_held(self, table: str) -> Iterator[None]:
        """Nobody can write `table` inside the block: requests stop in their middle."""
        with psycopg.connect(self.connect().info.dsn, user="postgres") as holder:
            holder.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
            yield

    def wait_until_held(self, count: int = 1) -> None:
        """Until `count` transactions wait for a table's lock."""
        query = (
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation' "
            "AND mode = 'RowExclusiveLock'"
        )
        until(lambda: self.ask(query)[0][0] >= count, within=15, what="a request stops inside")

    def log(self, name: str) -> list[str]:
        return (self.folder / f"{name}.log").read_text().splitlines()


_made: list[Portal] = []


@pytest.fixture(scope="session")
def running(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: Any,
) -> Portal:
    """A portal with web, events and jobs; made once for all folders of tests (about 15 s)."""
    if not _made:
        _made.append(Portal(tmp_path_factory.mktemp("portal")))
        request.config.add_cleanup(_made[0].stop)
        with django_db_blocker.unblock():
            _made[0].seed()
        _made[0].start("web", "events", "jobs")
    return _made[0]


@pytest.fixture
def portal(running: Portal) -> Portal:
    """The portal, with whatever the last test killed started again."""
    running.revive()
    running.wait_for_workers()
    return running


def clean_environment() -> dict[str, str]:
    """Our environment without what configures a portal."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in env.KNOWN and not name.startswith("DJANGO_")
    }


def children(pid: int) -> list[int]:
    """Living children of a process."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in text.split() if is_alive(int(child))]


def is_alive(pid: int) -> bool:
    """Whether `pid` is a process that has not ended (a zombie has)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (OSError, IndexError):
        return False


def kill(*pids: int) -> None:
    """Kill -9, and wait until they are gone."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    until(lambda: not any(map(is_alive, pids)), within=10, what="killed processes are gone")


def _listens(worker: int) -> bool:
    """Whether a gunicorn worker has read the program: its loop watches something."""
    try:
        watched = [path.read_text() for path in Path(f"/proc/{worker}/fdinfo").iterdir()]
    except OSError:
        return False
    return any("tfd:" in text for text in watched)


def _server_socket(port: int, client_port: int) -> str:
    """The inode of the server's side of a loopback connection; empty while not accepted."""
    row = re.compile(rf"\s*\d+: [0-9A-F]+:{port:04X} [0-9A-F]+:{client_port:04X} ")
    for line in Path("/proc/net/tcp").read_text().splitlines():
        if row.match(line):
            inode = line.split()[9]
            return "" if inode == "0" else inode
    return ""
