"""Connections to addresses that somebody outside named: by them nothing inside is reached.

The name is looked up once, every address behind it must be public, and the connection goes to the
address that was looked at, so a name that answers otherwise a moment later gains nothing.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from urllib.parse import SplitResult

from brokerage.core.outbound import cut_after

PORTS = {"https": 443, "http": 80}
EMBEDDING = [ipaddress.ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48")]
"""Networks whose addresses carry another one, by which an inner address might hide."""

Lookup = Callable[[str, int], list[str]]


class NotReachable(Exception):
    """The name leads nowhere (`name`), or to an address that is not public (`inner`)."""


def lookup(host: str, port: int) -> list[str]:
    """Every address that a name has; raises OSError or UnicodeError where it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


def is_public(address: str) -> bool:
    """Whether a numeric address lies in the open internet and carries no other one."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped or found.sixtofour or found.teredo:
            return False
        if any(found in network for network in EMBEDDING):
            return False
    return found.is_global and not found.is_multicast


def public_address(
    parts: SplitResult, *, look_up: Lookup = lookup, may: Callable[[str], bool] | None = None
) -> str:
    """The address to connect to for the host of `parts`.

    Args:
        may: whether a numeric address may be connected to; `is_public` where nothing is said.

    Raises:
        NotReachable: also when only one of several addresses is not public.
    """
    try:
        found = look_up(parts.hostname or "", port_of(parts))
    except (OSError, UnicodeError):
        raise NotReachable("name") from None
    if not found:
        raise NotReachable("name")
    if not all((may or is_public)(each) for each in found):
        raise NotReachable("inner")
    return found[0]


def port_of(parts: SplitResult) -> int:
    """The port that is named, else that of the scheme."""
    return parts.port or PORTS[parts.scheme]


def target_of(parts: SplitResult) -> str:
    """What stands in the first line of the request."""
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


@contextmanager
def connected(
    parts: SplitResult, address: str, seconds: float
) -> Iterator[http.client.HTTPConnection]:
    """A connection to `address` that speaks to the host of `parts`, for `seconds` at most.

    Raises:
        TimeoutError: there is no time left; else what sockets and http.client raise.
    """
    if seconds <= 0:
        raise TimeoutError
    host, end = parts.hostname or "", time.monotonic() + seconds
    sock = socket.create_connection((address, port_of(parts)), timeout=seconds)
    connection = http.client.HTTPConnection(host, port_of(parts), timeout=seconds)
    connection.sock = sock
    with closing(connection), cut_after(end - time.monotonic(), connection) as held:
        if parts.scheme == "https":
            held.append(sock)
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
            connection.sock = sock
        held[:] = [sock]
        yield connection
