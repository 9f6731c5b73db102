"""What follows when evidence arrives."""

from __future__ import annotations

from typing import Any

from accounts.evidence.events import CheckAnswered
from accounts.evidence.states import CheckKind, PackStatus
from accounts.models.signing import Pack


def seal(event: CheckAnswered, entry: Any) -> None:
    """An identity check was answered: a pack that waited for it is sealed."""
    from accounts.evidence.tasks import seal_in_turn

    if event.of_kind != CheckKind.IDENTITY:
        return
    waiting = Pack.objects.filter(application__ref=event.subject, status=PackStatus.SIGNED)
    for ref in waiting.values_list("ref", flat=True):
        seal_in_turn.defer(ref=str(ref))
