"""A number that belongs to no log-in is told something of its holder's own business."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from brokerage.messaging.gateways import GatewayRefused, gateway_for
from brokerage.messaging.models import Channel
from brokerage.messaging.rules.text import check
from brokerage.messaging.texts import FALLBACK, current, words


def send_to_number(
    *, kind: str, phone: str, context: Mapping[str, Any], key: UUID, at: datetime
) -> str:
    """Send an SMS to somebody without a log-in: no inbox holds it, no preference speaks of it.

    For what a person waits for (a visit that was booked in their name), never for an offer.
    Called by a job, outside of a transaction; neither number nor words are kept, so the caller
    journals that it was sent.

    Args:
        kind: of a loaded text with words for an SMS.
        phone: E.164.
        key: names the effect: the gateway sends the same key once, however often it is asked.

    Returns:
        "sent", or the code by which the gateway refused for good.

    Raises:
        GatewayUnavailable: to be tried again.
        UnknownKind, UnableToRender: as `send_message`.
    """
    text = current(kind, at)
    check(text.variables, context)
    found = words(text, channel=Channel.SMS, language=FALLBACK, values=context)
    assert found is not None, f"{kind} has a text for SMS"
    gateway = gateway_for(Channel.SMS)
    try:
        gateway.send(address=phone, title="", body=found.body, key=key, at=at)
    except GatewayRefused as error:
        return error.code
    return "sent"
