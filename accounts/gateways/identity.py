"""The police identity check over HTTP; its contract stands in docs/gateways/identity.md."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from accounts.gateways.base import BadAnswer, Person, ask, choice
from brokerage.core.outbound import JsonClient

MATCH, MISMATCH, NOT_FOUND = "match", "mismatch", "not_found"
RESULTS = (MATCH, MISMATCH, NOT_FOUND)
PHOTO_MOST = 120_000


@dataclass(frozen=True)
class IdentityAnswer:
    """What the registry knows.

    Attributes:
        result: match; mismatch (the number belongs to another name); not_found (the registry
            does not have the number: young, moved or just renamed people; no accusation).
        photo: JPEG of the registry as base64; empty where it has none.
    """

    result: str
    photo: str = ""


class IdentityGateway(Protocol):
    """Whether name and number belong together."""

    def verify(self, question: Person, *, key: UUID, at: datetime) -> IdentityAnswer:
        """Raises Unavailable, NotYet or Refused."""


class HttpIdentityGateway:
    """POST /identity-checks."""

    def __init__(self, client: JsonClient) -> None:
        self.client = client

    def verify(self, question: Person, *, key: UUID, at: datetime) -> IdentityAnswer:
        """See IdentityGateway."""
        return read_identity(ask(self.client, "/identity-checks", question.to_wire(), key))


def read_identity(data: dict[str, Any]) -> IdentityAnswer:
    """The answer in a body; raises BadAnswer."""
    photo = data.get("photo") or ""
    if not isinstance(photo, str) or len(photo) > PHOTO_MOST * 4 // 3 + 4:
        raise BadAnswer("photo")
    try:
        raw = base64.b64decode(photo, validate=True)
    except (binascii.Error, ValueError):
        raise BadAnswer("photo") from None
    if raw and not raw.startswith(b"\xff\xd8\xff"):
        raise BadAnswer("photo")
    return IdentityAnswer(choice(data, "result", RESULTS), photo)
