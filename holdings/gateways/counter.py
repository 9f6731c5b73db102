"""The trading counter over HTTP; its contract stands in docs/holdings.md."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import UUID

from brokerage.core.outbound import JsonClient, Unreachable
from holdings.importing.reading import Announced
from holdings.states import FileKind

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", re.ASCII)
MOST_FILES = 100
PORTION = 256 * 1024
QUIET = 30.0  # seconds without a byte after which a file counts as broken off


class Unavailable(Exception):
    """The counter gave no usable answer, or broke off; asking again is always right."""


@dataclass(frozen=True)
class Limits:
    """What an account can not do from an instant on; it replaces what was told before.

    Attributes:
        account: ref of the counter account.
        stops: "deposit", "withdraw", "sell", "buy"; empty lifts everything.
        as_of: ISO instant of the decision; the counter ignores what is older than what it has.
    """

    account: UUID
    stops: tuple[str, ...]
    as_of: str


class CounterFiles(Protocol):
    """The files of a day that the trading counter hands out."""

    def files(self, *, day: date, at: datetime) -> list[Announced]:
        """The files of a business day, corrections included; raises Unavailable."""

    def read(self, announced: Announced, *, at: datetime) -> Iterator[bytes]:
        """The bytes of a file in portions; raises Unavailable, also in the middle.

        Whoever takes them is in the middle of a COPY: the iterator asks no database.
        """


class CounterGateway(CounterFiles, Protocol):
    """What the trading counter offers: its files, and to keep limits of an account."""

    def limit(self, limits: Limits, *, key: UUID, at: datetime) -> None:
        """Have the counter keep exactly these limits; the same key has one effect.

        Raises:
            Unavailable: no usable answer; asking again is always right.
        """


class HttpCounterGateway:
    """GET /files?day=2026-03-02, GET /files/<name> and PUT /accounts/<ref>/limits."""

    def __init__(self, client: JsonClient) -> None:
        self.client = client

    def limit(self, limits: Limits, *, key: UUID, at: datetime) -> None:
        """See CounterGateway."""
        body = {"stops": list(limits.stops), "as_of": limits.as_of}
        path, headers = f"/accounts/{limits.account}/limits", {"Idempotency-Key": str(key)}
        try:
            answer = self.client.call("PUT", path, body=body, headers=headers)
        except Unreachable as error:
            raise Unavailable(type(error).__name__) from None
        if answer.status != 200:
            raise Unavailable(f"HTTP {answer.status}")

    def files(self, *, day: date, at: datetime) -> list[Announced]:
        """See CounterFiles."""
        try:
            answer = self.client.call("GET", f"/files?day={day.isoformat()}")
        except Unreachable as error:
            raise Unavailable(type(error).__name__) from None
        rows = answer.data.get("files")
        if answer.status != 200 or not isinstance(rows, list) or len(rows) > MOST_FILES:
            raise Unavailable(f"HTTP {answer.status}")
        return [_announced(row, day) for row in rows]

    def read(self, announced: Announced, *, at: datetime) -> Iterator[bytes]:
        """See CounterFiles. What breaks off silently lacks its last line, and is refused."""
        client = self.client
        parts = urlsplit(client.base)
        secure = parts.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        headers = {"Accept": "text/csv"}
        if client.token:
            headers["Authorization"] = f"Bearer {client.token}"
        try:
            with closing(kind(parts.netloc, timeout=QUIET)) as connection:
                path = f"{parts.path.rstrip('/')}/files/{announced.name}"
                connection.request("GET", path, headers=headers)
                response = connection.getresponse()
                if response.status != 200:
                    raise Unavailable(f"HTTP {response.status}")
                while portion := response.read(PORTION):
                    yield portion
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable(type(error).__name__) from None


def _announced(row: Any, day: date) -> Announced:
    """One entry of the list; raises Unavailable where it breaks the contract."""
    try:
        name, revision = row["name"], row["revision"]
        kind = FileKind(row["kind"])
    except (TypeError, KeyError, ValueError):
        raise Unavailable("files") from None
    fits = isinstance(name, str) and NAME.fullmatch(name)
    if not fits or type(revision) is not int or not 1 <= revision <= 9999:
        raise Unavailable("files")
    return Announced(name, kind, day, revision)
