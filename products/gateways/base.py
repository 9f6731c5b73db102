"""What both counterparties promise: the same key has one effect however often it is asked."""

from __future__ import annotations

from typing import Any

from brokerage.core.outbound import JsonClient, Unreachable


class Unavailable(Exception):
    """Nobody knows the answer; ask again with the same key. Says why, never about whom."""


def ask(
    client: JsonClient, method: str, path: str, *, body: Any = None, key: str = ""
) -> dict[str, Any]:
    """The object of a 200 answer.

    Args:
        key: the idempotency key of a question that has an effect.

    Raises:
        Unavailable: for anything else.
    """
    headers = {"Idempotency-Key": key} if key else {}
    try:
        answer = client.call(method, path, body=body, headers=headers)
    except Unreachable as error:
        raise Unavailable(type(error).__name__) from None
    if answer.status != 200:
        raise Unavailable(f"HTTP {answer.status}")
    found: dict[str, Any] = answer.data
    return found
