"""Let somebody behind the wall of a mandate, with compliance as second pair of eyes, and out."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from products.mandate_events import CrossingAsked, CrossingCleared, CrossingEnded
from products.models import Crossing, Mandate
from products.use_cases.refusals import UnableToList, check


@transaction.atomic
def ask_to_cross(
    *, mandate: Mandate, person: User, reason: str, by: User, at: datetime
) -> Crossing:
    """Ask compliance to let somebody behind the wall of a mandate.

    Raises:
        UnableToList: `errors` names the fields; the person is no active member of staff, leads
            it, or is in already; or the mandate has ended.
    """
    row = lock_row(Mandate, mandate.pk)
    if row.ended_at is not None:
        raise UnableToList(_("It has ended."))
    if not (person.is_active and person.is_staff) or person.ref == row.lead_ref:
        raise _wrong("person", _("Choose another active member of staff than its lead."))
    made = Crossing(
        mandate=row, person_ref=person.ref, reason=reason.strip(), made_by_ref=by.ref, made_at=at
    )
    check(made)
    made.save()
    record(CrossingAsked(subject=row.ref, person=person.ref), actor=Actor.of(by), at=at)
    return made


def crossing_approved(row: Crossing, checker: User, at: datetime) -> None:
    """Note it on the mandate; runs in the approval's transaction."""
    event = CrossingCleared(subject=row.mandate.ref, person=row.person_ref)
    record(event, actor=Actor.of(checker), at=at, reason=row.reason)


@transaction.atomic
def end_crossing(*, crossing: Crossing, by: User, at: datetime) -> Crossing:
    """Somebody is outside the wall again. Raises UnableToList when they are not inside."""
    row = lock_row(Crossing, crossing.pk)
    if not row.is_approved or row.left_at is not None:
        raise UnableToList(_("This person is not behind the wall."))
    row.left_at = at
    row.save(update_fields=["left_at"])
    event = CrossingEnded(subject=row.mandate.ref, person=row.person_ref)
    record(event, actor=Actor.of(by), at=at)
    return row


def _wrong(field: str, said: str) -> UnableToList:
    return UnableToList(said, {field: [said]})
