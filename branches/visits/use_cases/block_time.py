"""Block hours of a person or a room, and release them."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from branches.models import OrgUnit, Room, StaffAssignment
from branches.visits.events import TimeBlocked, TimeReleased
from branches.visits.models import BlockedTime, Visit
from branches.visits.use_cases.locking import lock_times
from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User


class UnableToBlock(Exception):
    """The hours cannot be blocked; the message is translated."""


@transaction.atomic
def block_time(
    *,
    unit: OrgUnit,
    starts_at: datetime,
    ends_at: datetime,
    actor: Actor,
    at: datetime,
    person: User | None = None,
    room: Room | None = None,
    note: str = "",
) -> BlockedTime:
    """Let nobody book a person or a room between two instants.

    Raises:
        UnableToBlock: when a visit stands there (move it first), or a value is wrong.
    """
    lock_times(unit.pk)
    block = BlockedTime(
        unit=unit,
        person=person,
        room=room,
        starts_at=starts_at,
        ends_at=ends_at,
        note=note,
        created_at=at,
    )
    try:
        block.full_clean()
    except ValidationError as error:
        raise UnableToBlock(" ".join(error.messages)) from error
    if person is not None and not _works_here(person, unit, starts_at):
        raise UnableToBlock(_("This person does not work at the outlet then."))
    if room is not None and room.unit_id != unit.pk:
        raise UnableToBlock(_("This room belongs to another outlet."))
    met = Visit.objects.taking_time().filter(starts_at__lt=ends_at, ends_at__gt=starts_at)
    met = met.filter(host=person) if person is not None else met.filter(room=room)
    if met.exists():
        raise UnableToBlock(_("A visit is booked at that time. Move it first."))
    block.save()
    record(
        TimeBlocked(subject=block.ref, unit=unit.ref, starts_at=starts_at, ends_at=ends_at),
        actor=actor,
        at=at,
    )
    return block


@transaction.atomic
def release_time(*, block: BlockedTime, actor: Actor, at: datetime) -> BlockedTime:
    """Let the hours be booked again; twice is harmless."""
    row = lock_row(BlockedTime, block.pk)
    if row.released_at is None:
        row.released_at = at
        row.save(update_fields=["released_at"])
        record(TimeReleased(subject=row.ref), actor=actor, at=at)
    return row


def _works_here(person: User, unit: OrgUnit, starts_at: datetime) -> bool:
    rows = StaffAssignment.objects.filter(user=person, unit=unit).on(business_date(starts_at))
    return rows.exists()
