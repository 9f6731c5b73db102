"""Give out, take back and replace entry codes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from branches.code_events import CodeEnded, CodeGiven
from branches.models import Broker, EntryCode, OrgUnit, StaffAssignment
from branches.states import SIDES, CodeEnd, CodePurpose, Side
from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User


class UnableToGiveCode(Exception):
    """The code cannot be given or ended; the message is translated."""


@transaction.atomic
def give_code(
    *,
    unit: OrgUnit,
    ends_at: datetime,
    actor: Actor,
    at: datetime,
    purpose: str = CodePurpose.OPEN_ACCOUNT,
    person: User | None = None,
    broker: Broker | None = None,
    label: str = "",
) -> EntryCode:
    """Give a code to a place, or to one person or broker at that place, from now until `ends_at`.

    Raises:
        UnableToGiveCode: when the owner has no right there today, or opens or checks accounts
            (who wins customers does not check them), or a value is wrong.
    """
    if person is not None:
        _refuse_without_right(person, unit, at)
    code = EntryCode(
        unit=unit,
        person=person,
        broker=broker,
        purpose=purpose,
        label=label,
        starts_at=at,
        ends_at=ends_at,
        created_at=at,
    )
    try:
        code.full_clean()
    except ValidationError as error:
        raise UnableToGiveCode(" ".join(error.messages)) from error
    code.save()
    if not EntryCode.objects.living(at).filter(pk=code.pk).exists():
        raise UnableToGiveCode(_("The owner has no right to a code of this unit today."))
    record(
        CodeGiven(subject=code.ref, unit=unit.ref, person=person.ref if person else None),
        actor=actor,
        at=at,
    )
    return code


def make_institution_code(*, institution: UUID, at: datetime, ends_at: datetime) -> EntryCode:
    """A code of an institution; its app records who made it, in the same transaction.

    Every value comes from here or from a dated rule: the constraints of the table look at them,
    no query before them.
    """
    code = EntryCode(institution_ref=institution, starts_at=at, ends_at=ends_at, created_at=at)
    code.save(force_insert=True)
    return code


@transaction.atomic
def end_code(
    *, code: EntryCode, reason: str, actor: Actor, at: datetime, why: str = ""
) -> EntryCode:
    """Let a code lead nowhere from now on.

    Args:
        reason: a value of states.CodeEnd.
        why: what somebody wrote about it.

    Raises:
        UnableToGiveCode: when it has ended.
    """
    row = lock_row(EntryCode, code.pk)
    if row.ended_at is not None:
        raise UnableToGiveCode(_("This code has ended already."))
    row.ended_at, row.end_reason = at, reason
    row.save(update_fields=["ended_at", "end_reason"])
    record(CodeEnded(subject=row.ref, why=str(reason)), actor=actor, at=at, reason=why)
    return row


@transaction.atomic
def replace_codes(
    *, unit: OrgUnit, reason: str, actor: Actor, at: datetime, to: OrgUnit | None = None
) -> list[EntryCode]:
    """End every running code of `unit`; each gets a new one of the same owner at the same place.

    Args:
        reason: why the old ones end, such as RELOCATED.
        to: only for a closing: no new codes are made when it is None and the reason is CLOSED;
            codes of the place itself get one of the place that follows.

    Returns:
        The new codes.
    """
    made = []
    rows = EntryCode.objects.select_for_update(of=("self",)).filter(unit=unit, ended_at=None)
    for old in rows.filter(ends_at__gt=at):
        new = _successor(old, to or unit, closed=reason == CodeEnd.CLOSED, at=at)
        if new is not None:
            new.save()
            made.append(new)
            record(
                CodeGiven(subject=new.ref, unit=(to or unit).ref, person=_ref(new)),
                actor=actor,
                at=at,
            )
        old.ended_at, old.end_reason, old.replaced_by = at, str(reason), new
        old.save(update_fields=["ended_at", "end_reason", "replaced_by"])
        record(CodeEnded(subject=old.ref, why=str(reason)), actor=actor, at=at)
    return made


def _successor(old: EntryCode, unit: OrgUnit, *, closed: bool, at: datetime) -> EntryCode | None:
    """A code of the same owner; of a closed place only the place's own code goes on."""
    owned = old.person_id is not None or old.broker_id is not None
    if closed and (owned or unit.pk == old.unit_id):
        return None
    return EntryCode(
        unit=unit,
        person=old.person,
        broker=old.broker,
        purpose=old.purpose,
        label=old.label,
        starts_at=at,
        ends_at=old.ends_at,
        created_at=at,
    )


def _ref(code: EntryCode) -> UUID | None:
    return code.person.ref if code.person else None


def _refuse_without_right(person: User, unit: OrgUnit, at: datetime) -> None:
    held = StaffAssignment.objects.on(business_date(at)).filter(user=person)
    if not held.filter(unit=unit).exists():
        raise UnableToGiveCode(_("This person does not work here today."))
    winning = {None, Side.SELLS}
    if any(SIDES.get(role) not in winning for role in held.values_list("role", flat=True)):
        raise UnableToGiveCode(_("Whoever opens, checks or controls accounts wins no customers."))
