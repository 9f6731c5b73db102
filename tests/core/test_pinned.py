"""What counts as an address of the open internet, and a deadline that holds through TLS."""

from __future__ import annotations

import socket
import ssl
import threading
from urllib.parse import urlsplit

import pytest

from brokerage.core import pinned

INNER = [
    "127.0.0.1",
    "10.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:53aa:64c:0:fbff:80ff:fffe",
    "",
]
OUTER = ["8.8.8.8", "203.0.112.1", "2400:3200::1", "2606:4700:4700::1111"]


@pytest.mark.parametrize("address", INNER)
def test_inner_addresses_and_those_that_carry_another_are_not_public(address):
    assert not pinned.is_public(address)


@pytest.mark.parametrize("address", OUTER)
def test_outer_addresses_are(address):
    assert pinned.is_public(address)


class WrapsLikeTls:
    """Hands the descriptor on, as TLS does, and leaves the first socket empty."""

    def wrap_socket(self, sock: socket.socket, server_hostname: str) -> socket.socket:
        wrapped = socket.socket(fileno=sock.detach())
        wrapped.settimeout(20)
        return wrapped


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_deadline_ends_a_dripping_answer_through_tls_too(monkeypatch, scheme):
    monkeypatch.setattr(ssl, "create_default_context", WrapsLikeTls)
    enough, gone = threading.Event(), threading.Event()
    server = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        client, _peer = server.accept()
        with client:
            client.recv(65536)
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while not enough.wait(0.05):
                try:
                    client.sendall(b"x")
                except OSError:
                    gone.set()
                    return

    dripping = threading.Thread(target=drip, daemon=True)
    dripping.start()
    parts = urlsplit(f"{scheme}://a.example:{server.getsockname()[1]}/")
    with pinned.connected(parts, "127.0.0.1", 0.5) as connection:
        connection.request("GET", pinned.target_of(parts))
        response = connection.getresponse()
        read = bytearray()
        while len(read) < 100 and (more := response.read(1)):  # a hundred would take five seconds
            read += more
    enough.set()
    dripping.join(10)
    server.close()
    assert len(read) < 100
