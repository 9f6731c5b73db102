"""The second pair of eyes: decide on a row that another person made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from brokerage.backoffice.events import CheckerDecided
from brokerage.core import four_eyes, scope
from brokerage.core.four_eyes import Decision, FourEyed, FourEyesRefused
from brokerage.core.registry import Registry
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

__all__ = ["Decision", "FourEyesRefused", "decide", "on_approval", "on_rejection"]

F = TypeVar("F", bound=FourEyed)
Effect = Callable[[Any, Any, datetime], object]

effects: Registry[Effect] = Registry("backoffice.four_eyes")
regrets: Registry[Effect] = Registry("backoffice.four_eyes.rejections")


def on_approval(label: str, effect: Effect) -> None:
    """Have `effect(row, checker, at)` run in the transaction of an approval of this model.

    Args:
        label: the model, such as `branches.RoleRequest`.
        effect: may raise FourEyesRefused, which undoes the approval.
    """
    effects.register(label.lower(), effect)


def on_rejection(label: str, effect: Effect) -> None:
    """Have `effect(row, checker, at)` run on the locked row of a rejection before it is saved."""
    regrets.register(label.lower(), effect)


@transaction.atomic
def decide(
    *,
    model: type[F],
    ref: UUID | str,
    checker: Any,
    decision: Decision,
    at: datetime,
    reason: str = "",
) -> F:
    """Approve or reject a pending row, as somebody who may see it and did not make it.

    Args:
        model: the four-eyed model.
        ref: of the row.
        checker: the log-in that decides.
        decision: APPROVED or REJECTED.
        at: the instant of the decision.
        reason: for the maker; needed for a rejection.

    Returns:
        The decided row.

    Raises:
        FourEyesRefused: when it is decided already, or its maker tries.
        Http404: when the checker cannot see the row.
    """
    label = model._meta.label_lower
    # "of self": the lock is for the row, not for what the policy joins
    rows = model._default_manager.select_for_update(of=("self",))
    row: F = scope.visible_or_404(rows, checker, ref=ref)
    if decision == Decision.APPROVED:
        four_eyes.approve(row, checker.ref, at)
    else:
        four_eyes.reject(row, checker.ref, at, reason)
        if label in regrets:
            regrets.get(label)(row, checker, at)
    row.save()
    record(
        CheckerDecided(
            subject=row.ref,  # type: ignore[attr-defined]  # every record has one
            subject_type=label,
            decision=str(decision),
            made_by=row.made_by_ref,
        ),
        actor=Actor.of(checker),
        at=at,
        reason=reason,
    )
    if decision == Decision.APPROVED and label in effects:
        effects.get(label)(row, checker, at)
    return row
