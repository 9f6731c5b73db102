"""What staff are told about their roles."""

from __future__ import annotations

from branches.events import RoleEnded, RoleGiven
from branches.procedure_events import ProcedureAnnounced
from branches.tasks import tell_customers
from branches.visits.tasks import follow_procedure
from brokerage.journal.models import Entry
from brokerage.messaging import send
from brokerage.users.models import User


def tell_role_given(event: RoleGiven, entry: Entry) -> None:
    """Somebody has a new role."""
    _tell("branches.role_given", event.user, event.valid_from.isoformat(), entry)


def tell_role_ended(event: RoleEnded, entry: Entry) -> None:
    """A role ends."""
    _tell("branches.role_ended", event.user, event.on.isoformat(), entry)


def _tell(kind: str, user: object, day: str, entry: Entry) -> None:
    send(
        kind=kind,
        user=User.objects.get(ref=user),
        context={"day": day},
        at=entry.at,
        dedupe_key=f"{kind}:{entry.ref}",
    )


def tell_of_announcement(event: ProcedureAnnounced, entry: Entry) -> None:
    """Customers hear of it in the background, and visits after the day go along."""
    tell_customers.defer(ref=str(event.subject))
    follow_procedure.defer(procedure=str(event.subject))
