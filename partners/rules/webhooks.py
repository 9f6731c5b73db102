"""Signature, pauses and addresses of webhooks; no database, no clock.

Rule source: the Standard Webhooks specification (symmetric signatures, v1).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

PAUSES = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=54),
)
"""Between ten tries, 75 hours in all: a long weekend is survived."""
MOST_TRIES = len(PAUSES) + 1
PATIENCE = sum(PAUSES, timedelta())
"""So long an endpoint may take nothing at all before it is disabled."""
WARNED_AFTER = timedelta(days=1)
"""After so long the institution is told that its receiver fails: there is time to mend it."""
GONE = 410
"""The receiver says that it wants no more: the endpoint is disabled at once, as the specification
asks."""
MOST_LENGTH = 300


class BadAddress(ValueError):
    """The text is no address that a webhook may go to; the message is a code."""


def signed(*, ref: str, body: bytes, at: datetime, secrets: Iterable[str]) -> dict[str, str]:
    """The headers of one delivery.

    Args:
        ref: of the event; the same on every try.
        at: of this try.
        secrets: in the form whsec_<base64>; each adds its signature.
    """
    second = str(int(at.timestamp()))
    content = b".".join([ref.encode(), second.encode(), body])
    signatures = [f"v1,{_hmac(secret, content)}" for secret in secrets]
    return {
        "webhook-id": ref,
        "webhook-timestamp": second,
        "webhook-signature": " ".join(signatures),
    }


def pause_after(tries: int) -> timedelta | None:
    """How long to wait after so many failed tries; None when it is enough."""
    return PAUSES[tries - 1] if tries <= len(PAUSES) else None


def checked_url(text: str, *, plain_allowed: bool = False) -> str:
    """`text` where a webhook may go to it as far as the text tells.

    Args:
        plain_allowed: whether http:// will do, as in a sandbox.

    Raises:
        BadAddress: long, malformed, scheme, credentials, fragment or host.
    """
    if len(text) > MOST_LENGTH:
        raise BadAddress("long")
    if not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        raise BadAddress("malformed")
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise BadAddress("malformed") from None
    if parts.scheme != "https" and not (plain_allowed and parts.scheme == "http"):
        raise BadAddress("scheme")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("credentials")
    if parts.fragment:
        raise BadAddress("fragment")
    if not host or "." not in host.strip("."):
        raise BadAddress("host")
    return text


def _hmac(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
