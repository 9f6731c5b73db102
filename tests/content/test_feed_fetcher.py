"""The guarded fetcher: inner addresses, redirects, sizes and slow answers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from content.gateways import feeds
from content.gateways.feeds import HOPS, HttpFeeds, Unavailable

PUBLIC = "93.184.216.34"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://a.example/",
        "//a.example/",
        "https://",
        "https://user:word@a.example/",
        "https://a.example:8443/",
        "http://a.example:22/",
        "http://[::1",
        "https://a.example/\r\nX: y",
    ],
)
def test_other_addresses_are_not_asked(url: str) -> None:
    with pytest.raises(Unavailable, match="bad address"):
        HttpFeeds(lookup=lambda host, port: [PUBLIC]).fetch(url)


def test_a_name_with_one_inner_address_is_not_asked() -> None:
    with pytest.raises(Unavailable, match="inner address"):
        HttpFeeds(lookup=lambda host, port: [PUBLIC, "10.0.0.1"]).fetch("http://a.example/")


def test_an_unknown_name_is_no_stack_trace() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror

    with pytest.raises(Unavailable, match="unknown host"):
        HttpFeeds(lookup=unknown).fetch("http://a.example/")


@pytest.fixture
def played(
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[[Callable[[socket.socket], None]], int]]:
    """A server on this machine that answers as told; the fetcher takes it for a public one."""
    servers: list[socket.socket] = []
    asked: list[bytes] = []
    real = socket.create_connection

    def serve(answer: Callable[[socket.socket], None]) -> Any:
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)

        def run() -> None:
            while True:
                try:
                    client, _peer = server.accept()
                except OSError:
                    return
                with closing(client):
                    asked.append(client.recv(65536))
                    try:
                        answer(client)
                    except OSError:
                        continue

        threading.Thread(target=run, daemon=True).start()
        port = server.getsockname()[1]
        monkeypatch.setattr(
            socket,
            "create_connection",
            lambda to, timeout: real(("127.0.0.1", port), timeout),
        )
        return asked

    yield serve
    for server in servers:
        server.close()


def fetch(url: str = "http://a.example/feed?x=1", deadline: float = 5.0) -> bytes:
    return HttpFeeds(lookup=lambda host, port: [PUBLIC], deadline=deadline).fetch(url)


def answer(head: str, body: bytes = b"") -> Callable[[socket.socket], None]:
    return lambda client: client.sendall(f"HTTP/1.1 {head}\r\n\r\n".encode() + body)


def test_a_feed_is_fetched_under_its_own_name(played: Any) -> None:
    asked = played(answer("200 OK\r\nContent-Length: 4", b"feed"))
    assert fetch() == b"feed"
    assert asked[0].startswith(b"GET /feed?x=1 HTTP/1.1")
    assert b"Host: a.example\r\n" in asked[0]
    assert b"cookie" not in asked[0].lower()


def test_redirects_end(played: Any) -> None:
    asked = played(answer("302 Found\r\nLocation: /again\r\nContent-Length: 0"))
    with pytest.raises(Unavailable, match="redirects"):
        fetch()
    assert len(asked) == HOPS + 1


def test_a_redirect_to_the_inside_is_not_followed(played: Any) -> None:
    asked = played(answer("302 Found\r\nLocation: http://inner.example/\r\nContent-Length: 0"))
    inner = HttpFeeds(lookup=lambda host, port: ["10.0.0.1" if host[:5] == "inner" else PUBLIC])
    with pytest.raises(Unavailable, match="inner address"):
        inner.fetch("http://a.example/")
    assert len(asked) == 1


def test_an_answer_without_end_is_cut(played: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "LARGEST", 200_000)

    def pour(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _n in range(20):
            client.sendall(b"x" * 65536)

    played(pour)
    with pytest.raises(Unavailable, match="ValueError"):
        fetch()


def test_an_answer_that_hangs_ends_with_the_deadline(played: Any) -> None:
    stop = threading.Event()

    def hang(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx")
        stop.wait(20)

    played(hang)
    with pytest.raises(Unavailable):
        fetch(deadline=0.3)
    stop.set()


def test_an_error_is_told_by_its_number(played: Any) -> None:
    played(answer("500 Broken\r\nContent-Length: 0"))
    with pytest.raises(Unavailable, match="HTTP 500"):
        fetch()
