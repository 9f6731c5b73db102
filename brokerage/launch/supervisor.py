"""Starts the processes of one machine, starts again what dies, stops all of them together."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from brokerage.launch.errors import LaunchError

TICK = 0.2
PATIENCE = 60  # seconds for the first service to answer
GRACE_SECONDS = 25  # a request or job in progress may finish
LONGEST_PAUSE = 30  # seconds before a process that keeps dying is tried again
PR_SET_PDEATHSIG = 1


@dataclass
class Service:
    """One process: its command, its log, and how often it died in a row."""

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started: float = 0.0
    not_before: float = 0.0


class Supervisor:
    """Keeps `services` running until a signal asks it to stop."""

    def __init__(
        self, services: Sequence[Service], *, log_dir: Path, each_second: Callable[[], None]
    ) -> None:
        self.services = services
        self.log_dir = log_dir
        self.each_second = each_second
        self.stopping = False

    def run(self, *, is_ready: Callable[[], bool], announce: Callable[[], None]) -> None:
        """Start everything and watch until SIGINT, SIGTERM or SIGHUP.

        The first service has the machine to itself until it answers: it is what people wait for.

        Args:
            is_ready: whether the first service answers.
            announce: called once, when it does.

        Raises:
            LaunchError: when the first service does not answer within a minute.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        first, others = self.services[:1], self.services[1:]
        try:
            self._watch(first, until=is_ready)
            if not self.stopping:
                announce()
                for service in others:
                    self._start(service)
                self._watch(self.services)
        finally:
            self._stop_all()

    def _watch(
        self, services: Sequence[Service], *, until: Callable[[], bool] | None = None
    ) -> None:
        """Start what is not running, again and again, until asked to stop or `until`."""
        began = looked = time.monotonic()
        while not self.stopping:
            if until and until():
                return
            if until and time.monotonic() > began + PATIENCE:
                raise LaunchError(
                    f"{services[0].name} does not answer; look at {self._log_of(services[0])}."
                )
            if time.monotonic() > looked + 1:
                self.each_second()
                looked = time.monotonic()
            self._restart_dead(services)
            time.sleep(TICK)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _log_of(self, service: Service) -> Path:
        return self.log_dir / f"{service.name}.log"

    def _start(self, service: Service) -> None:
        self.log_dir.mkdir(parents=True, exist_ok=True)
        with self._log_of(service).open("ab") as log:
            service.process = subprocess.Popen(
                service.command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **service.environment},
                start_new_session=True,  # Ctrl-C reaches this process alone
                preexec_fn=die_with_parent,
            )
        service.started = time.monotonic()

    def _restart_dead(self, services: Sequence[Service]) -> None:
        for service in services:
            process = service.process
            if process is None:
                if time.monotonic() >= service.not_before:
                    self._start(service)
            elif process.poll() is not None:
                _ask_group_to_end(process.pid)
                lived = time.monotonic() - service.started
                service.deaths = 1 if lived > 60 else service.deaths + 1
                pause = min(2 ** (service.deaths - 1) - 1, LONGEST_PAUSE)
                sys.stderr.write(
                    f"! {service.name} ended ({process.returncode}); started again"
                    f"{f' in {pause} s' if pause else ''}, see {self._log_of(service)}\n"
                )
                service.process, service.not_before = None, time.monotonic() + pause
                if not pause:
                    self._start(service)

    def _stop_all(self) -> None:
        running = [service.process for service in self.services if service.process]
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        until = time.monotonic() + GRACE_SECONDS
        for process in running:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _ask_group_to_end(leader: int) -> None:
    """End what a killed process left behind (gunicorn's workers hold the port)."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGTERM)


def die_with_parent() -> None:
    """Ask Linux to end this process when the supervisor is killed; elsewhere do nothing."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
