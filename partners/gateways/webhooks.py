"""Post a webhook to an address that a partner named (`core.pinned`).

Redirects are not followed; of the answer only the status is read.
"""

from __future__ import annotations

import http.client
import ipaddress
import ssl
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from brokerage.core import pinned
from brokerage.core.pinned import NotReachable, connected, public_address, target_of

DEADLINE = 10.0  # seconds for one try, whatever the other side does


class NotSent(Exception):
    """No answer.

    Attributes:
        failure: a word for the log: inner, name, tls, timeout, connection.
        milliseconds: how long it took.
    """

    def __init__(self, failure: str, milliseconds: int = 0) -> None:
        super().__init__(failure)
        self.failure, self.milliseconds = failure, milliseconds


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    milliseconds: int

    @property
    def taken(self) -> bool:
        """Whether the receiver said that it has the event."""
        return 200 <= self.status < 300


def post(url: str, *, body: bytes, headers: dict[str, str], deadline: float = DEADLINE) -> Answer:
    """Make one POST.

    Args:
        url: as `checked_url` let it pass.
        deadline: most seconds for all of it.

    Raises:
        NotSent: when there was no answer.
    """
    began = time.monotonic()
    try:
        status = _post(url, body, headers, began + deadline)
    except NotReachable as error:
        raise NotSent(str(error), _since(began)) from None
    except ssl.SSLError:
        raise NotSent("tls", _since(began)) from None
    except TimeoutError:
        raise NotSent("timeout", _since(began)) from None
    except (OSError, http.client.HTTPException, AttributeError):
        late = time.monotonic() - began >= deadline
        raise NotSent("timeout" if late else "connection", _since(began)) from None
    return Answer(status, _since(began))


def _post(url: str, body: bytes, headers: dict[str, str], end: float) -> int:
    parts = urlsplit(url)
    address = public_address(parts, may=_may_go_to)
    with connected(parts, address, end - time.monotonic()) as connection:
        connection.request("POST", target_of(parts), body=body, headers=headers)
        return connection.getresponse().status


def _may_go_to(address: str) -> bool:
    """Anywhere in the open internet; in a sandbox that allows it also to this machine, so that
    somebody can try a receiver of their own."""
    if pinned.is_public(address):
        return True
    return settings.LOCAL_WEBHOOKS and ipaddress.ip_address(address).is_loopback


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)
