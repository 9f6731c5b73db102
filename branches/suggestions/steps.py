"""What a suggestion can be about: steps that other apps name and count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from branches.suggestions.effect import Window
from brokerage.core.registry import Registry

Count = Callable[[date, date], Window]


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of the opening system.

    Attributes:
        label: its name, translated lazily.
        count: (first day, day after the last) → how many began and finished it; None where
            nobody counts it.
    """

    label: Any
    count: Count | None = None


steps: Registry[Step] = Registry("suggestions.steps")


def register(key: str, label: Any, count: Count | None = None) -> None:
    """Make a step known under `key`, such as `accounts.identity`; apps call it in `ready()`."""
    steps.register(key, Step(label=label, count=count))


def choices() -> list[tuple[str, Any]]:
    """Every step with its name, for forms."""
    return [(key, step.label) for key, step in steps.items()]


def label_of(key: str) -> str:
    """The name of a step; its key where no app knows it any more."""
    return str(steps.get(key).label) if key in steps else key
