"""What happens to goals of cross-selling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class GoalProposed(Event):
    """A goal of cross-selling waits for a second person."""

    kind: ClassVar[str] = "products.goal_proposed"
    subject_type: ClassVar[str] = "products.goal"


@dataclass(frozen=True, kw_only=True)
class GoalAgreed(Event):
    """A goal of cross-selling counts."""

    kind: ClassVar[str] = "products.goal_agreed"
    subject_type: ClassVar[str] = "products.goal"
