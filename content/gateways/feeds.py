"""A guarded fetcher: addresses come from people, answers from anybody (`core.pinned`).

Each hop is looked at anew. One deadline covers all hops, whatever the other side does. Nothing is
sent along.
"""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult, urljoin, urlsplit

from brokerage.core.pinned import (
    PORTS,
    Lookup,
    NotReachable,
    connected,
    lookup,
    public_address,
    target_of,
)

LARGEST = 2 * 1024 * 1024
DEADLINE = 10.0
HOPS = 3
MOVED = {301, 302, 303, 307, 308}
PORTION = 64 * 1024
HEADERS = {
    "Accept": "application/atom+xml, application/rss+xml, application/xml, text/xml",
    "Accept-Encoding": "identity",  # nothing is unpacked, so nothing can swell
    "User-Agent": "brokerage-content/1",
}


class Unavailable(Exception):
    """The feed cannot be had; says what was wrong in a word, never what was answered."""


class FeedGateway(Protocol):
    """Where feeds come from."""

    def fetch(self, url: str) -> bytes:
        """The document at `url`; raises Unavailable."""


REASONS = {"name": "unknown host", "inner": "inner address"}


@dataclass
class HttpFeeds:
    """Over the network; see the module.

    Attributes:
        lookup: (host, port) → addresses.
        deadline: seconds for everything.
    """

    lookup: Lookup = lookup
    deadline: float = DEADLINE

    def fetch(self, url: str) -> bytes:
        """See FeedGateway."""
        end = time.monotonic() + self.deadline
        for _hop in range(HOPS + 1):
            parts = _checked(url)
            address = self._address(parts)
            try:
                status, location, body = _get(parts, address, end)
            except (OSError, http.client.HTTPException, ValueError) as error:
                raise Unavailable(type(error).__name__) from None
            if status in MOVED and location:
                url = urljoin(url, location)
            elif status == 200:
                return body
            else:
                raise Unavailable(f"HTTP {status}")
        raise Unavailable("too many redirects")

    def _address(self, parts: SplitResult) -> str:
        try:
            return public_address(parts, look_up=self.lookup)
        except NotReachable as error:
            raise Unavailable(REASONS[str(error)]) from None


def _checked(url: str) -> SplitResult:
    """The parts of an address that may be asked for."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Unavailable("bad address") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise Unavailable("bad address")
    if port not in (None, PORTS[parts.scheme]) or parts.username or parts.password:
        raise Unavailable("bad address")
    if any(ord(each) <= 32 or ord(each) == 127 for each in url):
        raise Unavailable("bad address")
    return parts


def _get(parts: SplitResult, address: str, end: float) -> tuple[int, str, bytes]:
    """Status, where it moved to, and the body of one answer, by the monotonic time `end`."""
    with connected(parts, address, end - time.monotonic()) as connection:
        connection.request("GET", target_of(parts), headers=HEADERS)
        response = connection.getresponse()
        location = response.getheader("Location") or ""
        body = b"" if response.status != 200 else _read(response)
        return response.status, location, body


def _read(response: http.client.HTTPResponse) -> bytes:
    found = bytearray()
    while portion := response.read(PORTION):
        found += portion
        if len(found) > LARGEST:
            raise ValueError("too large")
    if response.length:  # the other side, or the deadline, ended it in the middle
        raise ValueError("broken off")
    return bytes(found)
