"""New code without a failed request, and an end that lets a request in progress finish.

What is promised: a client with a connection of its own for each request notices nothing. One that
keeps connections open may find an idle one closed, before any byte of an answer, as at any time
after `keepalive` seconds; it opens another and asks again, as HTTP libraries do by themselves.
"""

from __future__ import annotations

import http.client
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.callers import Caller, Cut, until
from tests.faults.portal import Portal, is_alive

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("portal")]
RESTARTS = 5
CLIENTS = 3


def restart(portal: Portal) -> None:
    """HUP, and wait until every worker is a new one and answers."""
    old = portal.workers()
    os.kill(portal.running["web"].pid, signal.SIGHUP)
    until(lambda: not any(map(is_alive, old)), within=60, what="old workers end")
    until(portal.is_ready, within=60, what="new workers answer")


def test_rolling_restarts_fail_no_request(portal: Portal) -> None:
    stopping, answered, failed = threading.Event(), [0] * CLIENTS, []

    def fresh_connections(number: int) -> None:
        caller = Caller(portal.port, timeout=60)
        while not stopping.is_set():
            try:
                status = caller.ask("GET", "/open/").status
            except Cut as cut:
                failed.append(str(cut))
            else:
                answered[number] += 1
                if status != 200:
                    failed.append(str(status))
            stopping.wait(0.02)

    def kept_connection() -> tuple[int, list[str]]:
        caller, wrong, good = Caller(portal.port, timeout=60), [], 0
        connection = caller.connect()
        while not stopping.is_set():
            for attempt in (1, 2):
                try:
                    connection.request("GET", "/open/", headers={"Host": "localhost"})
                    answer = connection.getresponse()
                except (ConnectionError, http.client.RemoteDisconnected) as error:
                    connection.close()  # no byte of an answer came
                    if attempt == 2:
                        wrong.append(type(error).__name__)
                    continue
                answer.read()
                good += answer.status == 200
                if answer.status != 200:
                    wrong.append(str(answer.status))
                break
            stopping.wait(0.02)
        connection.close()
        return good, wrong

    with ThreadPoolExecutor(CLIENTS + 1) as pool:
        others = [pool.submit(fresh_connections, number) for number in range(CLIENTS)]
        kept = pool.submit(kept_connection)
        try:
            for _ in range(RESTARTS):
                restart(portal)
        finally:
            stopping.set()
        for other in others:
            other.result()
        good, wrong = kept.result()
    assert failed == []
    assert wrong == []
    assert min(*answered, good) > RESTARTS


def test_the_end_waits_for_a_request_in_progress(portal: Portal) -> None:
    program = portal.program()
    with ThreadPoolExecutor(1) as pool:
        with portal.table_held("partners_entrylink"):
            answer = pool.submit(program.make_entry, "while-it-ends")
            portal.wait_until_held()
            portal.running["web"].send_signal(signal.SIGTERM)
            until(lambda: not _takes_new_ones(portal), within=10, what="no new request is taken")
        assert answer.result(20).status == 201
    assert portal.running["web"].wait(30) == 0


def _takes_new_ones(portal: Portal) -> bool:
    try:
        Caller(portal.port, timeout=0.5).ask("GET", "/healthz")
    except Cut:
        return False
    return True
