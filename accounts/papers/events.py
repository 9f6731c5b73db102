"""What happens to other papers; public refs and plain values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from accounts.events import ApplicationEvent


@dataclass(frozen=True, kw_only=True)
class OriginalSeen(ApplicationEvent):
    """Staff of an outlet held the original of a paper and looked at it.

    Attributes:
        sighting: ref of the record.
        paper: which kind, a `Document`.
        looks: what was looked at, words of `Look`.
        outlet: ref of the outlet.
    """

    kind: ClassVar[str] = "accounts.original_seen"
    sighting: UUID
    paper: str
    looks: tuple[str, ...]
    outlet: UUID
