"""What follows when evidence arrives."""

from __future__ import annotations

from typing import Any

from accounts.evidence.events import CheckAnswered
from accounts.evidence.states import PackStatus
from accounts.models.checks import OutsideCheck
from accounts.models.signing import Pack


def seal(event: CheckAnswered, entry: Any) -> None:
    """An identity check was answered: a pack that waited for it is sealed."""
    from accounts.evidence.tasks import seal_in_turn

    waiting = Pack.objects.filter(application__ref=event.subject, status=PackStatus.SIGNED)
    for ref in waiting.values_list("ref", flat=True):
        seal_in_turn.defer(ref=str(ref))


def give_back(event: CheckAnswered, entry: Any) -> None:
    """A counterparty said what only the customer can mend: that step is open again."""
    from accounts.use_cases.automatic_checks import take_check

    check = OutsideCheck.objects.select_related("application").get(ref=event.check)
    take_check(check=check, at=entry.at)
