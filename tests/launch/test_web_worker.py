"""When a request counts as complete, and what a body that comes slowly meets."""

from __future__ import annotations

import socket
import threading

import pytest

from brokerage.launch import web_worker
from brokerage.launch.web_worker import BODY_MOST, HEAD_MOST, Paced, Waiting

GET = b"GET / HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    ("came", "verdict"),
    [
        (b"", "more"),
        (GET, "more"),
        (GET + b"\r\n", "ready"),
        (GET + b"\r\nGET / HTTP/1.1\r\n", "ready"),
        (b"x" * (HEAD_MOST + 1), "ready"),
        (GET + b"Content-Length: 3\r\n\r\nab", "more"),
        (GET + b"content-LENGTH:3 \r\n\r\nabc", "ready"),
        (GET + b"Content-Length: %d\r\n\r\n" % BODY_MOST, "more"),
        (GET + b"Content-Length: %d\r\n\r\n" % (BODY_MOST + 1), "large"),
        (GET + b"Content-Length: 99999999999999999\r\n\r\n", "ready"),
        (GET + b"Transfer-Encoding: chunked\r\n\r\n", "large"),
        (GET + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n", "large"),
        (GET + b"X: content-length: 9\r\n\r\n", "ready"),
    ],
)
def test_a_request_is_complete_when_its_head_and_small_body_are_here(
    came: bytes, verdict: str
) -> None:
    waiting = Waiting(0.0)
    waiting.data += came
    assert waiting.verdict() == verdict


def test_a_body_that_stops_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_worker, "GRACE_SECONDS", 0.05)
    here, there = socket.socketpair()
    with here, there:
        paced = Paced(here)
        there.sendall(b"abc")
        assert paced.recv(10) == b"abc"
        with pytest.raises(ConnectionResetError):
            paced.recv(10)
        assert here.gettimeout() is None


def test_a_body_that_trickles_is_cut_and_one_at_the_rate_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(web_worker, "GRACE_SECONDS", 0.2)
    monkeypatch.setattr(web_worker, "BYTES_A_SECOND", 1_000_000)
    here, there = socket.socketpair()
    stop = threading.Event()

    def trickle() -> None:
        while not stop.wait(0.02):
            there.sendall(b"x")

    sender = threading.Thread(target=trickle)
    with here, there:
        sender.start()
        paced = Paced(here)
        try:
            with pytest.raises(ConnectionResetError):
                drain(paced)
        finally:
            stop.set()
            sender.join()
        quick = Paced(here)
        there.sendall(b"x" * 50_000)
        assert quick.recv(65_536)


def drain(paced: Paced) -> None:
    while paced.recv(10):
        pass
