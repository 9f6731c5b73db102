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

    def run(self, *, when_started: Callable[[], None]) -> None:
        """Start everything, call `when_started`, and watch until SIGINT, SIGTERM or SIGHUP."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        try:
            for service in self.services:
                self._start(service)
            when_started()
            while not self.stopping:
                self.each_second()
                self._restart_dead()
                time.sleep(1)
        finally:
            self._stop_all()

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _start(self, service: Service) -> None:
        self.log_dir.mkdir(parents=True, exist_ok=True)
        with (self.log_dir / f"{service.name}.log").open("ab") as log:
            service.process = subprocess.Popen(
                service.command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **service.environment},
                start_new_session=True,  # Ctrl-C reaches this process alone
                preexec_fn=_die_with_parent,
            )
        service.started = time.monotonic()

    def _restart_dead(self) -> None:
        for service in self.services:
            process = service.process
            if process is None:
                if time.monotonic() >= service.not_before:
                    self._start(service)
            elif process.poll() is not None:
                lived = time.monotonic() - service.started
                service.deaths = 1 if lived > 60 else service.deaths + 1
                pause = min(2 ** (service.deaths - 1) - 1, LONGEST_PAUSE)
                sys.stderr.write(
                    f"! {service.name} ended ({process.returncode}); started again"
                    f"{f' in {pause} s' if pause else ''}, see {self.log_dir / service.name}.log\n"
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


def _die_with_parent() -> None:
    """Ask Linux to end this process when the supervisor is killed; elsewhere do nothing."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
