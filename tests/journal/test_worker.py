"""The worker's process: killed, stopped, cut off from the database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import Error, connection

from brokerage.core import clock
from brokerage.journal import metrics, subscriptions, worker
from brokerage.journal.anchors import read_anchors
from brokerage.journal.metrics import WORKER
from brokerage.journal.models import Delivery, Heartbeat, Seal
from brokerage.journal.seals import Sealer
from brokerage.journal.worker import Duty, Worker
from brokerage.settings.env import BASE_DIR
from tests.journal.factories import AT, ThingMoved, moved, seal_turn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("transactions")]


@pytest.fixture(autouse=True)
def anchors(settings: Any, tmp_path: Path) -> Path:
    settings.ANCHOR_DIR = tmp_path / "anchors"
    return tmp_path / "anchors"


@pytest.fixture
def subscribed() -> Iterator[None]:
    subscriptions.subscribe(
        ThingMoved, "tests.journal.worker_process.deliver", name="tests.process"
    )
    yield
    subscriptions.unsubscribe("tests.process")


@pytest.fixture
def start(anchors: Path) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Start workers in processes of their own; none survives the test."""
    running: list[subprocess.Popen[str]] = []

    def start(handler: str) -> subprocess.Popen[str]:
        name = connection.settings_dict["NAME"]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.journal.worker_process", name, handler],
            stdout=subprocess.PIPE,
            text=True,
            cwd=BASE_DIR,
            env={**os.environ, "BROKERAGE_ANCHOR_DIR": str(anchors)},
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def wait_until(true: Callable[[], bool]) -> None:
    """Look again and again, for at most thirty seconds."""
    pause = threading.Event()
    for _ in range(600):
        if true():
            return
        pause.wait(0.05)
    raise AssertionError("It did not happen within thirty seconds.")


def delivered() -> bool:
    return Delivery.objects.filter(state="delivered").exists()


def test_a_worker_killed_in_the_middle_of_a_delivery_leaves_it_to_the_next(
    subscribed: None, start: Any
) -> None:
    entry = moved()
    first = start("stop")
    assert first.stdout.readline() == "working\n"
    assert not Heartbeat.objects.filter(name=entry.ref).exists()  # not committed
    first.kill()
    assert first.wait() == -signal.SIGKILL
    assert not delivered()
    start("deliver_later")
    wait_until(delivered)
    assert Heartbeat.objects.filter(name=entry.ref).count() == 1
    assert Delivery.objects.get().attempts == 2


def test_a_worker_that_is_stopped_seals_and_anchors_and_ends_well(
    subscribed: None, start: Any
) -> None:
    moved()
    process = start("deliver")
    wait_until(lambda: delivered() and Heartbeat.objects.filter(name=WORKER).exists())
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    assert metrics.unsealed() == 0
    assert len(list(read_anchors())) >= 1
    age = metrics.heartbeat_age(WORKER, at=clock.now())
    assert age is not None
    assert age < timedelta(minutes=1)


def test_a_worker_survives_losing_its_connections(subscribed: None) -> None:
    running = Worker()

    def work() -> None:
        try:
            running.run()
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        wait_until(lambda: Heartbeat.objects.filter(name=WORKER).exists())
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
            assert cursor.fetchall()
        moved()
        wait_until(delivered)
    finally:
        running.stop()
        thread.join(20)
    assert not thread.is_alive()


def test_a_worker_waits_longer_and_longer_for_a_database_that_is_gone(monkeypatch: Any) -> None:
    running, pauses = Worker(), []

    def fail(**options: object) -> int:
        raise Error

    def wait(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 7:
            running.stopping.set()

    monkeypatch.setattr(worker, "deliver_pending", fail)
    monkeypatch.setattr(running.stopping, "wait", wait)
    running.run()
    assert pauses == [0.5, 1, 2, 4, 5, 5, 5]


def test_the_worker_anchors_once_in_an_hour_and_at_the_turn_of_the_day() -> None:
    running = Worker()
    for minutes in (0, 10, 59, 60, 70):
        moved()
        now = AT + timedelta(minutes=minutes)
        seal_turn(Sealer(), at=now)
        running.anchor_hourly(now)
    assert Seal.objects.count() == 5
    assert [anchor.number for _, anchor in read_anchors()] == [1, 4]  # type: ignore[union-attr]  # there is one


def test_a_duty_runs_again_when_its_time_has_come_or_the_clock_was_set_back() -> None:
    ran: list[datetime] = []
    duty = Duty(timedelta(seconds=5), ran.append)
    for seconds in (0, 4, 5, 6, -100, -99):
        duty.run_if_due(AT + timedelta(seconds=seconds))
    assert [(at - AT).total_seconds() for at in ran] == [0, 5, -100]
