"""Switches: parts of the system that are turned on and off by dated rows, signed off by two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from brokerage.core.registry import Registry
from brokerage.reference.models import Switch


class UnknownSwitch(LookupError):
    """No app registered this switch: a spelling mistake must not read as "off"."""


@dataclass(frozen=True)
class SwitchKind:
    """A switch that code asks for.

    Attributes:
        key: dotted, such as "opening.surge".
        label: what it does, translated lazily.
        default: its state as long as nobody turned it.
    """

    key: str
    label: Any
    default: bool


kinds: Registry[SwitchKind] = Registry("reference.switches")


def register(key: str, label: Any, *, default: bool) -> None:
    """Make a switch known; apps call it in apps.py. A second call with the same is harmless."""
    kind = SwitchKind(key, label, default)
    if key not in kinds or kinds.get(key) != kind:
        kinds.register(key, kind)


def is_on(key: str, at: datetime) -> bool:
    """Whether the switch `key` is on at the instant `at`; one query on an index.

    Raises:
        UnknownSwitch: when no app registered it.
    """
    if key not in kinds:
        raise UnknownSwitch(key)
    state = Switch.objects.at(at).filter(key=key).values_list("is_on", flat=True).first()
    return kinds.get(key).default if state is None else state
