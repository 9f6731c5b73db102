"""Whether somebody may sign by hand. Values in, decision out."""

from __future__ import annotations

from collections.abc import Collection, Set

from accounts.on_paper.states import PaperReason
from accounts.states import Step

BEFORE = (Step.IDENTITY, Step.TAX)
"""What is printed must be whole: the name, and the declaration that is signed with the rest."""


def reason_for_paper(lacking: Collection[str]) -> PaperReason | None:
    """The one case in which a signature by hand is allowed; None for everybody else.

    Args:
        lacking: the characters of the name that no font of ours shows.
    """
    return PaperReason.NO_FONT if lacking else None


def missing_before(done: Set[Step]) -> tuple[Step, ...]:
    """The steps that come before the print and are not finished."""
    return tuple(step for step in BEFORE if step not in done)
