"""What every channel's gateway promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


class GatewayRefused(Exception):
    """The gateway will never take this text: a blocked or impossible address.

    Attributes:
        code: short reason without personal data.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code[:40]


class GatewayUnavailable(Exception):
    """No answer, or not now: asking again with the same key is right and harmless."""


@dataclass(frozen=True)
class Report:
    """What became of a text that the gateway took."""

    gateway_id: str
    delivered: bool
    reason: str = ""


class Gateway(Protocol):
    """One channel to the outside. An answer comes within three seconds."""

    def send(self, *, address: str, title: str, body: str, key: UUID, at: datetime) -> str:
        """Hand over one text.

        Args:
            address: E.164 number or e-mail address.
            title: of an e-mail; empty for SMS.
            body: the words.
            key: the same key has one effect, however often it is sent.
            at: now.

        Returns:
            The number of the text at the gateway.

        Raises:
            GatewayRefused: it will never be taken.
            GatewayUnavailable: nobody knows; ask again with the same key.
        """

    def reports(self, *, after: str, at: datetime) -> tuple[list[Report], str]:
        """Reports since the cursor `after` (empty for the first), and the next cursor.

        Raises:
            GatewayUnavailable: not now.
        """
