"""Say which department answers for a step, a family of products or a theme."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from branches.events import OwnershipGiven
from branches.models import OrgUnit, Ownership
from branches.states import Kind
from brokerage.journal.actors import Actor
from brokerage.journal.record import record


class UnableToOwn(Exception):
    """The department cannot own this from that day; the message is translated."""


def check_owner(*, subject: str, department: OrgUnit, valid_from: date) -> None:
    """Refuse an owner that cannot be.

    Raises:
        UnableToOwn: as `give_ownership`.
    """
    if department.kind != Kind.DEPARTMENT:
        raise UnableToOwn(_("Only a department of head office can own this."))
    later = Ownership.objects.filter(subject=subject, valid_from__gte=valid_from)
    if later.overlapping(valid_from, None).exists():
        raise UnableToOwn(_("Another department owns this at that time."))


@transaction.atomic
def give_ownership(
    *, subject: str, department: OrgUnit, valid_from: date, actor: Actor, at: datetime
) -> Ownership:
    """Make `department` the owner of `subject` from `valid_from` on; who owned it before ends.

    Raises:
        UnableToOwn: for a unit that is no department, or a day before the present owner's first.
    """
    rows = Ownership.objects.select_for_update().filter(subject=subject)
    check_owner(subject=subject, department=department, valid_from=valid_from)
    for present in rows.overlapping(valid_from, None):
        present.valid_to = valid_from
        present.save(update_fields=["valid_to"])
    row = Ownership(subject=subject, department=department, valid_from=valid_from, created_at=at)
    try:
        row.full_clean()
    except ValidationError as error:
        raise UnableToOwn(" ".join(error.messages)) from error
    row.save()
    record(
        OwnershipGiven(
            subject=row.ref, owned=subject, department=department.ref, valid_from=valid_from
        ),
        actor=actor,
        at=at,
    )
    return row
