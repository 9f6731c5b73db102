"""The malware check: a port, the client of a clamd, and a sandbox that knows one test virus."""

from __future__ import annotations

import socket
from typing import BinaryIO, Protocol

from django.conf import settings

CHUNK = 64 * 1024
# Two parts, so that no scanner stops at this source file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD" + rb"-ANTIVIRUS-TEST-FILE!$H+H*"
TIMEOUT_SECONDS = 60


class ScannerUnavailable(Exception):
    """The scanner gave no verdict; the file waits and is tried again."""


class Scanner(Protocol):
    def scan(self, stream: BinaryIO) -> bool:
        """Whether `stream`, from where it stands, is free of malware.

        Raises:
            ScannerUnavailable: without a verdict.
        """
        ...


class SandboxScanner:
    """Stops the EICAR test file, which every real scanner stops as well."""

    def scan(self, stream: BinaryIO) -> bool:
        kept = b""
        while chunk := stream.read(CHUNK):
            if EICAR in kept + chunk:
                return False
            kept = (kept + chunk)[-len(EICAR) :]
        return True


class ClamdScanner:
    """Sends the file to a clamd by its INSTREAM command.

    Args:
        host: host name of the daemon.
        port: its TCP port.
    """

    def __init__(self, host: str, port: int = 3310) -> None:
        self.address = (host, port)

    def scan(self, stream: BinaryIO) -> bool:
        try:
            with socket.create_connection(self.address, timeout=TIMEOUT_SECONDS) as connection:
                connection.sendall(b"zINSTREAM\0")
                while chunk := stream.read(CHUNK):
                    connection.sendall(len(chunk).to_bytes(4, "big") + chunk)
                connection.sendall(bytes(4))
                answer = _until_zero(connection)
        except OSError as error:
            raise ScannerUnavailable(type(error).__name__) from None
        if answer == b"stream: OK":
            return True
        if answer.endswith(b" FOUND"):
            return False
        raise ScannerUnavailable("the answer is no verdict")


def _until_zero(connection: socket.socket) -> bytes:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < 4096:
        part = connection.recv(1024)
        if not part:
            break
        answer += part
    return answer.rstrip(b"\0")


_scanner: Scanner | None = None


def scanner() -> Scanner | None:
    """The scanner of this deployment: a clamd where one is set, else the sandbox, else None."""
    if _scanner:
        return _scanner
    if settings.SCANNER:
        host, _, port = settings.SCANNER.rpartition(":")
        return ClamdScanner(host, int(port))
    return SandboxScanner() if settings.SANDBOX else None


def set_scanner(other: Scanner | None) -> None:
    """Use a scanner (from an app's `ready()`, or in tests); None goes back to the default."""
    global _scanner
    _scanner = other
