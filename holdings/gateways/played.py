"""Accounts that the sandbox of the counter opens by itself and what customers may trade there,
told by the apps above.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from brokerage.core.registry import Registry
from holdings.states import AccountKind


@dataclass(frozen=True)
class PlayedAccount:
    """An account as the sandbox lists it."""

    ref: UUID
    customer: UUID
    kind: AccountKind
    opened_on: date
    closed_on: date | None = None


@dataclass(frozen=True)
class PlayedRight:
    """A customer who may trade what a permission is needed for, or once might.

    Attributes:
        customer: their reference.
        key: of the permission, as papers of `market.yaml` name it.
        since: the first business day.
    """

    customer: UUID
    key: str
    since: date


opened_at_the_counter: Registry[Callable[[date], Iterable[PlayedAccount]]] = Registry(
    "holdings.played_accounts"
)
"""(business day) → accounts that the counter opened without us, such as for margin trading."""
rights_at_the_counter: Registry[Callable[[date], Iterable[PlayedRight]]] = Registry(
    "holdings.played_rights"
)
"""(business day) → who may trade papers that need a permission; they buy some."""
