"""Name who works for a desk, with four eyes, and take somebody off it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core import clock
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from products.events import DeskMemberLeft, DeskMemberNamed, DeskMemberProposed
from products.models import DeskMember
from products.use_cases.refusals import UnableToList, check


@transaction.atomic
def propose_member(
    *, desk: str, person: User, valid_from: date, maker: User, at: datetime
) -> DeskMember:
    """Propose that somebody works for a desk from a day on.

    Args:
        desk: of `states.Desk`.

    Raises:
        UnableToList: `errors` names the fields; no active member of staff, or oneself.
    """
    if not (person.is_active and person.is_staff):
        said = _("Choose an active member of staff.")
        raise UnableToList(said, {"person": [said]})
    row = DeskMember(
        desk=desk, person_ref=person.ref, valid_from=valid_from, made_by_ref=maker.ref, made_at=at
    )
    check(row)
    row.save()
    told = DeskMemberProposed(subject=row.ref, person=person.ref, desk=desk)
    record(told, actor=Actor.of(maker), at=at)
    return row


def member_approved(row: DeskMember, checker: User, at: datetime) -> None:
    """Note it; runs in the approval's transaction."""
    told = DeskMemberNamed(subject=row.ref, person=row.person_ref, desk=row.desk)
    record(told, actor=Actor.of(checker), at=at)


@transaction.atomic
def end_membership(*, member: DeskMember, by: User, at: datetime) -> DeskMember:
    """Somebody is off the desk from today on; raises UnableToList when they are not on it."""
    row = lock_row(DeskMember, member.pk)
    today = clock.business_date(at)
    if not row.is_approved or (row.valid_to is not None and row.valid_to <= today):
        raise UnableToList(_("This person is not on the desk."))
    row.valid_to = max(today, row.valid_from)
    row.save(update_fields=["valid_to"])
    told = DeskMemberLeft(subject=row.ref, person=row.person_ref, desk=row.desk)
    record(told, actor=Actor.of(by), at=at)
    return row
