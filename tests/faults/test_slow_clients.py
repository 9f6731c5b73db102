"""Clients that send slowly, or stop in the middle, keep nobody else from a page."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from brokerage.launch.web_worker import SLOT_SECONDS
from tests.faults.callers import Caller, until
from tests.faults.portal import Portal

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("portal")]
MANY = 24  # three times the threads of the two workers
# Well before the portal gives up on a slow client (HEAD_SECONDS, GRACE_SECONDS): a page that comes
# by then did not wait for one; much less would measure how busy the machine is.
SOON = 9
HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: "
UPLOAD = (
    b"POST /login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000\r\n"
    b"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
    b'Content-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
)


@contextmanager
def opened(portal: Portal, first: bytes, count: int = MANY) -> Iterator[list[socket.socket]]:
    """Connections that sent `first` and are still open."""
    with ExitStack() as stack:
        made = [
            stack.enter_context(socket.create_connection(("127.0.0.1", portal.port), timeout=60))
            for _ in range(count)
        ]
        for one in made:
            one.sendall(first)
        yield made


def seconds_of_a_page(portal: Portal) -> float:
    started = time.monotonic()
    assert Caller(portal.port, timeout=30).ask("GET", "/").status == 200
    return time.monotonic() - started


@contextmanager
def dripping(connections: list[socket.socket]) -> Iterator[None]:
    """Each connection sends one more byte now and then."""
    stop = threading.Event()

    def drip() -> None:
        while not stop.wait(0.3):
            for one in connections:
                with suppress(OSError):  # the portal gave up on it
                    one.sendall(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize("first", [b"", b"G", HEAD])
def test_heads_that_drip_hold_no_thread(portal: Portal, first: bytes) -> None:
    with opened(portal, first) as slow, dripping(slow if first == HEAD else []):
        assert max(seconds_of_a_page(portal) for _ in range(3)) < SOON


def test_small_bodies_that_never_come_hold_no_thread(portal: Portal) -> None:
    head = HEAD.replace(b"GET", b"POST") + b"x\r\nContent-Length: 1000\r\n\r\n"
    with opened(portal, head) as slow, dripping(slow):
        assert max(seconds_of_a_page(portal) for _ in range(3)) < SOON


def test_half_open_uploads_leave_threads_for_pages_and_are_told_to_come_again(
    portal: Portal,
) -> None:
    with opened(portal, UPLOAD) as slow, dripping(slow):
        assert max(seconds_of_a_page(portal) for _ in range(3)) < SOON
        until(
            lambda: any(answer.startswith(b"HTTP/1.1 503") for answer in answers(slow)),
            within=SLOT_SECONDS + 20,
            what="those without a place hear of it",
        )
        assert max(seconds_of_a_page(portal) for _ in range(3)) < SOON
    until(lambda: seconds_of_a_page(portal) < SOON, within=30, what="all is as before")


def answers(connections: list[socket.socket]) -> list[bytes]:
    """What has arrived so far, without waiting."""
    found = []
    for one in connections:
        one.setblocking(False)
        try:
            found.append(one.recv(1000, socket.MSG_PEEK))
        except OSError:
            found.append(b"")
        finally:
            one.settimeout(60)
    return found


def test_a_slow_but_honest_client_is_served(portal: Portal) -> None:
    whole = HEAD + b"x\r\nConnection: close\r\n\r\n"
    with opened(portal, b"", count=1) as (one,):
        for byte in whole:
            one.sendall(bytes([byte]))
        assert one.recv(1000).startswith(b"HTTP/1.1 200")


def test_requests_that_follow_each_other_on_one_connection_are_all_answered(
    portal: Portal,
) -> None:
    ask = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with opened(portal, ask * 3, count=1) as (one,):
        seen = b""
        while seen.count(b'"ok"}') < 3:
            seen += one.recv(4096)
        one.sendall(ask)
        assert one.recv(4096).startswith(b"HTTP/1.1 200")


def test_a_stopping_worker_does_not_wait_for_the_slow(portal: Portal) -> None:
    with opened(portal, b"", count=4):
        started = time.monotonic()
        web = portal.running["web"]
        web.terminate()
        assert web.wait(40) == 0
        assert time.monotonic() - started < 18
    portal.revive()
