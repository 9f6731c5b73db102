"""The malware scanners: the sandbox's, and the client of a clamd against a played daemon."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from brokerage.files.checks import files_are_scanned
from brokerage.files.scanners import (
    CHUNK,
    EICAR,
    ClamdScanner,
    SandboxScanner,
    ScannerUnavailable,
    scanner,
)
from brokerage.settings import env

CONTENT = bytes(range(256)) * 1000


@pytest.mark.parametrize("before", [0, 1, CHUNK - 1, CHUNK - 40, CHUNK, 3 * CHUNK - 10])
def test_the_sandbox_finds_its_test_virus_anywhere(before):
    assert not SandboxScanner().scan(io.BytesIO(bytes(before) + EICAR + bytes(100)))


def test_the_sandbox_lets_everything_else_pass():
    assert SandboxScanner().scan(io.BytesIO(CONTENT))
    assert SandboxScanner().scan(io.BytesIO(EICAR[:-1]))


@contextmanager
def clamd(answer: bytes) -> Iterator[tuple[ClamdScanner, list[bytes]]]:
    """A daemon that takes one file, notes it, and says `answer`."""
    server = socket.create_server(("127.0.0.1", 0))
    received: list[bytes] = []

    def play() -> None:
        connection, _address = server.accept()
        with connection, connection.makefile("rb") as stream:
            received.append(stream.read(10))
            while length := int.from_bytes(stream.read(4), "big"):
                received.append(stream.read(length))
            connection.sendall(answer)

    thread = threading.Thread(target=play)
    thread.start()
    try:
        yield ClamdScanner(*server.getsockname()), received
    finally:
        thread.join(20)
        server.close()


@pytest.mark.parametrize(
    ("answer", "clean"), [(b"stream: OK\0", True), (b"stream: Eicar-Signature FOUND\0", False)]
)
def test_clamds_verdict_counts(answer, clean):
    with clamd(answer) as (client, received):
        assert client.scan(io.BytesIO(CONTENT)) is clean
    assert received[0] == b"zINSTREAM\0"
    assert b"".join(received[1:]) == CONTENT


@pytest.mark.parametrize("answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"OK"])
def test_any_other_answer_is_no_verdict(answer):
    with clamd(answer) as (client, _received), pytest.raises(ScannerUnavailable):
        client.scan(io.BytesIO(CONTENT))


def test_a_daemon_that_is_down_is_no_verdict():
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
    with pytest.raises(ScannerUnavailable):
        ClamdScanner(*address).scan(io.BytesIO(CONTENT))


def test_the_deployment_decides_which_scanner_runs(settings):
    settings.SCANNER, settings.SANDBOX = "", True
    assert isinstance(scanner(), SandboxScanner)
    settings.SANDBOX = False
    assert scanner() is None
    assert [found.id for found in files_are_scanned(None)] == ["files.I001"]
    settings.SCANNER = "scanner.example:3310"
    found = scanner()
    assert isinstance(found, ClamdScanner)
    assert found.address == ("scanner.example", 3310)
    assert files_are_scanned(None) == []


@pytest.mark.parametrize("value", ["scanner", ":3310", "scanner:", "scanner:x", "scanner:70000"])
def test_a_malformed_address_stops_the_start(monkeypatch, value):
    monkeypatch.setenv("BROKERAGE_SCANNER", value)
    with pytest.raises(env.BadEnvironment, match="host:port"):
        env.address("BROKERAGE_SCANNER")
