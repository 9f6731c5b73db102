"""Where the present work comes from: set at each entrance, read by the journal and the logs."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """One request, job or command.

    Attributes:
        request_id: random id shown to the user on an error page and kept in logs and journal.
        channel: portal, backoffice, api, job or command.
        address: client address, shortened to its network; empty outside requests.
    """

    request_id: str
    channel: str
    address: str = ""


_origin: ContextVar[Origin | None] = ContextVar("origin", default=None)


def current() -> Origin:
    """The origin of the present work; a fresh `command` where no entrance set one."""
    return _origin.get() or Origin(request_id=new_id(), channel="command")


def new_id() -> str:
    """A fresh request id (32 hex digits)."""
    return secrets.token_hex(16)


@contextmanager
def entered(origin: Origin) -> Iterator[Origin]:
    """Make `origin` current inside the block."""
    token = _origin.set(origin)
    try:
        yield origin
    finally:
        _origin.reset(token)
