"""`make run` as a process: started, watched, looked into."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from bench.portal import free_port
from brokerage.launch.postgres import Cluster
from brokerage.settings.env import BASE_DIR
from tests.faults.callers import Caller, Cut, until
from tests.faults.portal import clean_environment, is_alive

START = [sys.executable, "-m", "brokerage.launch"]


class Launched:
    """One start of the whole portal on `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.output = folder.with_suffix(".out")
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                START, cwd=BASE_DIR, env=environment(folder, self.port), stdout=out, stderr=out
            )
        self.pid = self.process.pid

    def said(self) -> str:
        return self.output.read_text()

    def wait_until_started(self) -> None:
        def look() -> bool:
            assert self.process.poll() is None, self.said()
            return "Started in" in self.said()

        # a first start builds the whole demonstration, here beside other tests
        until(look, within=600, what="the portal starts")

    def is_ready(self) -> bool:
        try:
            return Caller(self.port, timeout=10).ask("GET", "/readyz").status == 200
        except Cut:
            return False

    def child(self, words: str) -> int | None:
        """The supervisor's child whose command line has `words`."""
        for pid in processes(self.folder):
            if _parent(pid) == self.pid and words in _command(pid):
                return pid
        return None

    def stop(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end; its exit status."""
        self.process.send_signal(number)
        # the embedded database first brings thousands of new files to the disk
        return self.process.wait(180)


def environment(folder: Path, port: int, **more: str) -> dict[str, str]:
    return clean_environment() | {"VAR_DIR": str(folder), "PORT": str(port)} | more


def refused(folder: Path, **more: str) -> str:
    """Start, expect a refusal at once, and give what it said without the progress lines."""
    done = subprocess.run(
        START,
        cwd=BASE_DIR,
        env=environment(folder, free_port()) | more,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stderr.strip()


def processes(folder: Path) -> list[int]:
    """Living processes that were started for `folder`, the database's included."""
    mark = f"VAR_DIR={folder}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            pid = int(path.parent.name)
            if mark in path.read_bytes().split(b"\0") and is_alive(pid):
                found.append(pid)
    server = Cluster(folder / "pg").postmaster_pid()
    return [*found, *([server] if server and server not in found and is_alive(server) else [])]


def end_all(folder: Path) -> None:
    """Whatever a failed test left."""
    for pid in processes(folder):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _parent(pid: int) -> int:
    with contextlib.suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    return 0


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""
