"""Calls to counterparties: one deadline, a breaker, JSON in and out. For all `gateways/`.

A call takes at most its deadline, whatever the other side does (refuses, hangs, drips bytes).
Redirects are not followed. Nothing of a request or an answer goes into logs or exceptions.
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

LARGEST = 256 * 1024


class Unreachable(Exception):
    """No usable answer: the same call may be tried again. Says what, never the content."""


class BreakerOpen(Unreachable):
    """Not even tried, because the counterparty failed a moment ago."""


@dataclass
class Breaker:
    """Stops calling a counterparty that keeps failing; one for each process is enough.

    Closed: calls pass. After `failures` failures in a row it opens: calls are refused at once for
    `pause` seconds; then one call is let through, and its outcome closes or opens it again.

    Attributes:
        failures: how many in a row open it.
        pause: seconds.
        clock: monotonic seconds.
    """

    failures: int = 5
    pause: float = 20.0
    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _failed: int = 0
    _closed_again_at: float = 0.0
    _probing: bool = False

    @property
    def is_open(self) -> bool:
        """Whether a call would be refused now."""
        with self._lock:
            return self._refuses()

    def enter(self) -> None:
        """Before a call.

        Raises:
            BreakerOpen: when it must not be made.
        """
        with self._lock:
            if self._refuses():
                raise BreakerOpen("The breaker is open.")
            self._probing = self._failed >= self.failures

    def succeeded(self) -> None:
        """After an answer, whatever it says."""
        with self._lock:
            self._failed, self._probing = 0, False

    def failed(self) -> None:
        """After no answer."""
        with self._lock:
            self._failed, self._probing = self._failed + 1, False
            self._closed_again_at = self.clock() + self.pause

    def _refuses(self) -> bool:
        return self._failed >= self.failures and (
            self._probing or self.clock() < self._closed_again_at
        )


@dataclass(frozen=True)
class Answer:
    """What the counterparty said: status and JSON object (empty where there was none)."""

    status: int
    data: dict[str, Any]


@dataclass
class JsonClient:
    """A counterparty that speaks JSON over HTTP.

    Attributes:
        base: its address, such as https://sms.example.com/v1.
        token: bearer token; empty for none.
        deadline: most seconds for one call with all its tries.
        tries: how often a call is made within the deadline; calls must be idempotent.
        breaker: shared by all calls of this process.
    """

    base: str
    token: str = field(default="", repr=False)
    deadline: float = 2.8
    tries: int = 2
    breaker: Breaker = field(default_factory=Breaker)

    def call(
        self,
        method: str,
        path: str,
        *,
        body: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Make the call; a 5xx or 429 answer counts as none and is tried again.

        Raises:
            Unreachable: when there was no usable answer within the deadline.
        """
        self.breaker.enter()
        end = time.monotonic() + self.deadline
        for left in range(self.tries, 0, -1):
            # each try gets its share of what is left, so that a hang leaves time for another
            share = (end - time.monotonic()) / left
            try:
                answer = self._once(method, path, body, headers or {}, share)
            except (OSError, http.client.HTTPException, ValueError) as error:
                reason = type(error).__name__
            else:
                if answer.status < 500 and answer.status != 429:
                    self.breaker.succeeded()
                    return answer
                reason = f"HTTP {answer.status}"
            if left > 1:
                time.sleep(min(0.1, max(0.0, end - time.monotonic())))
        self.breaker.failed()
        raise Unreachable(reason)

    def _once(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        headers: dict[str, str],
        seconds: float,
    ) -> Answer:
        if seconds <= 0:
            raise TimeoutError
        parts = urlsplit(self.base)
        kind = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        connection = kind(parts.netloc, timeout=seconds)
        with cut_after(seconds, connection) as held, closing(connection):
            connection.connect()
            held.append(connection.sock)
            connection.request(
                method,
                parts.path.rstrip("/") + path,
                body=json.dumps(body).encode() if body is not None else None,
                headers={**self._headers(), **headers},
            )
            response = connection.getresponse()
            return Answer(response.status, _object(response.read(LARGEST + 1)))

    def _headers(self) -> dict[str, str]:
        always = {"Content-Type": "application/json", "Accept": "application/json"}
        return {**always, "Authorization": f"Bearer {self.token}"} if self.token else always


@contextmanager
def cut_after(
    seconds: float, connection: http.client.HTTPConnection
) -> Iterator[list[socket.socket]]:
    """End what `connection` waits for after `seconds`, from another thread.

    A socket's own time-out starts anew with every byte; this one does not.

    Yields:
        A list for the socket in use: the connection forgets its own once it has answered.
    """
    held: list[socket.socket] = []
    guard = threading.Timer(seconds, _cut, [connection, held])
    guard.daemon = True
    guard.start()
    try:
        yield held
    finally:
        guard.cancel()


def _cut(connection: http.client.HTTPConnection, held: list[socket.socket]) -> None:
    for sock in held or [connection.sock]:
        with suppress(OSError, AttributeError):
            sock.shutdown(socket.SHUT_RDWR)


def _object(raw: bytes) -> dict[str, Any]:
    if len(raw) > LARGEST:
        raise ValueError("The answer is too long.")
    if not raw.strip():
        return {}
    data = json.loads(raw)
    if not isinstance(data, dict):
        raise ValueError("The answer is no object.")
    return data
