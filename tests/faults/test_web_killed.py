"""A web worker is killed in the middle of a request: the client asks again and gets one effect."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.callers import Answer, Cut, insist, until
from tests.faults.portal import Portal, kill

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("portal")]
SOON = 5.0  # seconds within which the retry succeeds


def entries(portal: Portal, reference: str) -> int:
    query = "SELECT count(*) FROM partners_entrylink WHERE partner_reference = %s"
    return portal.ask(query, reference)[0][0]


def killing(portal: Portal, after: float) -> Callable[[socket.socket], None]:
    """When a worker has taken the request, wait `after` seconds and kill that worker."""

    def kill_its_worker(connection: socket.socket) -> None:
        port = connection.getsockname()[1]
        worker = until(lambda: portal.worker_of(port) or 0, within=20, what="taken", pause=0.001)
        threading.Event().wait(after)  # the moment is what is tested
        os.kill(worker, signal.SIGKILL)

    return kill_its_worker


def interrupted(act: Callable[[], Answer]) -> Answer | None:
    try:
        return act()
    except Cut:
        return None


def test_a_post_with_a_key_succeeds_when_sent_again(portal: Portal) -> None:
    program, cut = portal.program(), 0
    for milliseconds in (0, 4, 9, 16, 30):
        reference = f"killed-after-{milliseconds}"
        portal.wait_for_workers()
        sent = killing(portal, milliseconds / 1000)
        first = interrupted(lambda: program.make_entry(reference, sent=sent))  # noqa: B023 - called at once
        again, _seconds = insist(
            lambda: program.make_entry(reference),  # noqa: B023 - called at once
            within=SOON,
            good=201,
        )
        assert entries(portal, reference) == 1
        cut += first is None
        if first:  # the kill came after the answer
            assert (first.status, first.json) == (201, again.json)
        assert program.make_entry(reference).json == again.json
    assert cut, "no kill met a request"


def test_killed_exactly_in_its_transaction(portal: Portal) -> None:
    program = portal.program()
    with ThreadPoolExecutor(1) as pool, portal.table_held("partners_entrylink"):
        cut = pool.submit(interrupted, lambda: program.make_entry("in-transaction"))
        portal.wait_until_held()
        kill(*portal.workers())
        assert cut.result() is None
        assert entries(portal, "in-transaction") == 0
    until(portal.is_ready, within=30, what="new workers answer")
    _answer, seconds = insist(lambda: program.make_entry("in-transaction"), within=SOON, good=201)
    assert entries(portal, "in-transaction") == 1
    assert seconds < SOON


def test_all_of_web_killed_and_started_again(portal: Portal) -> None:
    customer = portal.visitor().sign_up("13900000301")
    home = customer.begin()
    where = customer.send(f"{home}identity/", name="江映雪")
    assert where == f"{home}identity/", "the rest is asked for"
    web = portal.running["web"].pid
    kill(web, *portal.workers())
    portal.running["web"].wait()
    began = time.monotonic()
    portal.start("web")
    assert time.monotonic() - began < 30
    assert 'value="江映雪"' in customer.get(f"{home}identity/").text, "the draft is kept"
    assert (
        customer.send(f"{home}outlet/", outlet=portal.outlet, markets="SH") == f"{home}consents/"
    )


@pytest.mark.parametrize("milliseconds", [0, 10, 30])
def test_a_customers_form_is_saved_once(portal: Portal, milliseconds: int) -> None:
    customer = portal.visitor().sign_up(f"139000004{milliseconds:02}")
    home = customer.begin()
    path, name = f"{home}identity/", "林晚晴"
    body = customer.form(path, name=name)
    sent = killing(portal, milliseconds / 1000)
    first = interrupted(lambda: customer.post(path, body, sent=sent))
    again, _seconds = insist(lambda: customer.post(path, body), within=SOON, good=302)
    assert again.headers["Location"] == path, "the rest is asked for"
    if first:
        assert first.status == 302
    saved = "SELECT count(*) FROM journal_entry WHERE subject_ref = %s AND kind = %s"
    ref = home.split("/")[2]
    assert portal.ask(saved, ref, "accounts.step_saved") == [(1,)]
    assert f'value="{name}"' in customer.get(path).text
