"""How many accounts of a kind a person may have. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

MOST = 3
"""Accounts of one kind a person may have at all firms (domain handbook 3.3)."""
KIND_OF = {"SH": "sh_a", "SZ": "sz_a"}
"""What the depository calls the account of a market."""


def full_markets(held: Iterable[Mapping[str, Any]], wanted: Iterable[str]) -> list[str]:
    """The wanted markets in which the person has MOST accounts already.

    Args:
        held: accounts as the depository told them: `type` and `dormant`.
        wanted: codes of markets, such as SH.

    Returns:
        Codes in the order of `wanted`; dormant surplus accounts count no longer.
    """
    counts: dict[str, int] = {}
    for account in held:
        if not account.get("dormant"):
            counts[account["type"]] = counts.get(account["type"], 0) + 1
    return [market for market in wanted if counts.get(KIND_OF[market], 0) >= MOST]
