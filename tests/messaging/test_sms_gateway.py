"""The HTTP client against a counterparty on the loopback that misbehaves on purpose."""

from __future__ import annotations

import json
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from brokerage.core.outbound import Breaker, BreakerOpen, JsonClient, Unreachable
from brokerage.messaging.gateways.base import GatewayRefused, GatewayUnavailable, Report
from brokerage.messaging.gateways.sms import SmsGateway
from tests.threads import serving

KEY = uuid.UUID(int=7)
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
Answer = Callable[[BaseHTTPRequestHandler, int], None]


@contextmanager
def counterparty(answer: Answer) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A server that notes every request and answers as told."""
    seen: list[dict[str, Any]] = []
    released = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        released_event = released

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length) or b"{}")
            seen.append({"path": self.path, "headers": dict(self.headers), "body": body})
            answer(self, len(seen))

        do_GET = do_PUT = do_POST  # noqa: N815 - http.server calls them so

        def log_message(self, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    with serving(server):
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1", seen
        finally:
            released.set()


def says(status: int, data: Any) -> Answer:
    def answer(handler: BaseHTTPRequestHandler, number: int) -> None:
        raw = data if isinstance(data, bytes) else json.dumps(data).encode()
        handler.send_response(status)
        if status in (301, 302):
            handler.send_header("Location", "http://127.0.0.1:1/")
        handler.send_header("Content-Length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw)

    return answer


def hangs(handler: BaseHTTPRequestHandler, number: int) -> None:
    handler.released_event.wait(5)  # type: ignore[attr-defined]


def drips(handler: BaseHTTPRequestHandler, number: int) -> None:
    """One byte at a time: a time-out for each byte would never strike."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    try:
        while not handler.released_event.wait(0.02):  # type: ignore[attr-defined]
            handler.wfile.write(b" ")
            handler.wfile.flush()
    except OSError:
        return


def gateway(base: str, **values: Any) -> SmsGateway:
    return SmsGateway(JsonClient(base=base, token="secret", **{"deadline": 0.6, **values}))


def send(to: SmsGateway) -> str:
    return to.send(address="+8613800138000", title="", body="你好", key=KEY, at=AT)


def test_a_text_goes_out_with_token_and_key():
    with counterparty(says(202, {"id": "m-1"})) as (base, seen):
        assert send(gateway(base)) == "m-1"
    (request,) = seen
    assert request["path"] == "/v1/messages"
    assert request["body"] == {"to": "+8613800138000", "text": "你好"}
    assert request["headers"]["Idempotency-Key"] == str(KEY)
    assert request["headers"]["Authorization"] == "Bearer secret"


def test_a_duplicate_accept_is_an_accept():
    with counterparty(says(200, {"id": "m-1"})) as (base, _):
        assert send(gateway(base)) == "m-1"


def test_after_one_500_the_same_key_is_tried_again():
    def answer(handler: BaseHTTPRequestHandler, number: int) -> None:
        (says(500, {}) if number == 1 else says(202, {"id": "m-1"}))(handler, number)

    with counterparty(answer) as (base, seen):
        assert send(gateway(base)) == "m-1"
    assert [one["headers"]["Idempotency-Key"] for one in seen] == [str(KEY)] * 2


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_refusal_is_final_and_tried_once(status):
    faulty = counterparty(says(status, {"code": "blocked_number"}))
    with faulty as (base, seen), pytest.raises(GatewayRefused) as refused:
        send(gateway(base))
    assert refused.value.code == "blocked_number"
    assert len(seen) == 1


def test_a_reason_that_could_hold_a_number_is_not_kept():
    faulty = counterparty(says(422, {"code": "+8613800138000 is bad"}))
    with faulty as (base, _), pytest.raises(GatewayRefused) as refused:
        send(gateway(base))
    assert refused.value.code == "refused"


@pytest.mark.parametrize(
    "answer",
    [
        says(500, {}),
        says(429, {}),
        says(301, {}),
        says(401, {}),
        says(202, {}),
        says(202, {"id": 7}),
        says(202, {"id": "x" * 81}),
        says(202, b"[]"),
        says(202, b"<html>"),
        says(202, b"{" + b" " * 300_000 + b"}"),
        hangs,
        drips,
    ],
    ids=lambda answer: getattr(answer, "__name__", ""),
)
def test_no_usable_answer_is_unavailable_within_the_deadline(answer):
    with counterparty(answer) as (base, _):
        started = time.monotonic()
        with pytest.raises(GatewayUnavailable) as error:
            send(gateway(base))
        assert time.monotonic() - started < 1.2
    assert "13800138000" not in str(error.value)


def test_a_closed_port_is_unavailable_at_once():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(GatewayUnavailable):
        send(gateway(f"http://127.0.0.1:{port}"))


def test_the_usual_deadline_is_under_three_seconds():
    assert JsonClient(base="http://127.0.0.1").deadline < 3


def test_reports_that_break_the_contract_are_passed_over():
    entries = [
        {"id": "m-1", "status": "delivered"},
        {"id": "m-2", "status": "undelivered", "code": "unreachable"},
        {"id": 3, "status": "delivered"},
        {"id": "m-4", "status": "maybe"},
        "text",
    ]
    with counterparty(says(200, {"reports": entries, "next": "c 2"})) as (base, seen):
        found = gateway(base).reports(after="c/1", at=AT)
    assert found == ([Report("m-1", True), Report("m-2", False, "unreachable")], "c 2")
    assert seen[0]["path"] == "/v1/reports?after=c%2F1"


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_breaker_opens_refuses_probes_once_and_closes_again():
    seconds = Seconds()
    breaker = Breaker(failures=3, pause=20, clock=seconds)
    for _ in range(3):
        breaker.enter()
        breaker.failed()
    assert breaker.is_open
    with pytest.raises(BreakerOpen):
        breaker.enter()
    seconds.now = 20
    breaker.enter()
    with pytest.raises(BreakerOpen):  # one probe at a time
        breaker.enter()
    breaker.failed()
    with pytest.raises(BreakerOpen):
        breaker.enter()
    seconds.now = 40
    breaker.enter()
    breaker.succeeded()
    breaker.enter()
    assert not breaker.is_open


def test_with_an_open_breaker_nobody_waits_and_the_counterparty_is_left_alone():
    seconds = Seconds()
    breaker = Breaker(failures=1, pause=20, clock=seconds)
    with counterparty(says(500, {})) as (base, seen):
        client = JsonClient(base=base, deadline=0.6, breaker=breaker)
        with pytest.raises(Unreachable):
            client.call("GET", "/reports")
        before, started = len(seen), time.monotonic()
        with pytest.raises(BreakerOpen):
            client.call("GET", "/reports")
        assert time.monotonic() - started < 0.05
        assert len(seen) == before


def test_a_refusal_does_not_open_the_breaker():
    breaker = Breaker(failures=1)
    with counterparty(says(422, {})) as (base, _):
        client = JsonClient(base=base, breaker=breaker)
        for _ in range(3):
            assert client.call("POST", "/messages", body={}).status == 422
    assert not breaker.is_open


def test_the_token_shows_in_no_repr():
    assert "secret" not in repr(JsonClient(base="https://x", token="secret"))
