"""What higher apps offer on the page of an outlet, the same for everybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from brokerage.core.registry import Registry


@dataclass(frozen=True)
class Way:
    """One thing that begins here.

    Attributes:
        label: words of its button, a verb.
        url: where it begins.
    """

    label: Any
    url: str


ways: Registry[Callable[[str], Way]] = Registry("branches.ways")
"""From the code of an outlet to what begins there."""
