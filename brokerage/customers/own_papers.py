"""What a customer signed and may fetch: the apps above name it, "my data" leads to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from brokerage.core.registry import Registry


@dataclass(frozen=True)
class Paper:
    """One signed file.

    Attributes:
        title: what was signed, in the reader's language.
        url: where its owner fetches it.
    """

    title: str
    url: str


papers: Registry[Callable[[Any], Iterable[Paper]]] = Registry("customers.papers")
"""From a user to the signed files that this user may open now."""


def papers_of(user: Any) -> list[Paper]:
    """Everything that this customer signed and may fetch, app by app."""
    return [paper for find in papers for paper in find(user)]
