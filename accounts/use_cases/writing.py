"""What every write of an application shares: the lock, the version, the journal entry."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import deepcopy
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.events import ApplicationEvent
from accounts.facts import note_moved
from accounts.models import Application
from accounts.states import SECTIONS, SectionStatus
from brokerage.core.locking import lock_row
from brokerage.core.saving import Write, write_of
from brokerage.core.written import SOME_REF, Written
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

BY_REF = Written(lambda ref: Application.objects.filter(ref=ref), ref=SOME_REF)
LOCK = "SELECT version FROM accounts_application WHERE id = %s FOR UPDATE"
MOVE = """
UPDATE accounts_section SET status = %s, updated_at = %s, version = version + 1,
    human_version = NULL{} WHERE application_id = %s AND status = ANY(%s) AND step = ANY(%s)
RETURNING id
"""
AS_LOCKED = "_as_locked"
"""Where an application keeps the columns that it had when it was locked."""
WITH_PERSON = Written(
    lambda ref: Application.objects.select_related("customer__user").filter(ref=ref),
    ref=SOME_REF,
)


def find(ref: UUID) -> Application:
    """The application that an event is about, as it stands now and not locked."""
    return BY_REF.get(ref=ref)


def find_with_person(ref: UUID) -> Application:
    """The same with its customer and their log-in, of whom something is to be told."""
    return WITH_PERSON.get(ref=ref)


def lock(application: Application, *further: str) -> Application:
    """The row as it stands now, locked until the transaction ends; `further` rows come along."""
    return _remembering(lock_row(Application, application.pk, "customer", "outlet", *further))


def lock_in_hand(application: Application) -> Application:
    """The same, without reading it again where nobody wrote since it was read.

    Whatever writes an application or its sections while it is filled in counts its version up
    (`keep`).

    Args:
        application: as this request read it, and not changed since.

    Returns:
        Itself, or another object with what somebody wrote meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [application.pk])
        found = cursor.fetchone()
    if found is None or found[0] != application.version:
        return lock(application)
    return _remembering(application)


def keep(
    application: Application,
    event: type[ApplicationEvent],
    *,
    actor: Actor,
    at: datetime,
    was: str,
    reason: str = "",
    rule_version: str = "",
    rows: Sequence[Write] = (),
    **facts: Any,
) -> Application:
    """Save a locked application as its next version, and record the event, by one statement.

    Args:
        application: changed in memory.
        event: class of what happened; `facts` are its own fields.
        was: the status before.
        rows: what else changed (`write_of`): it is written by the same statement.
    """
    application.version += 1
    application.updated_at = at
    if was != application.status:
        application.stage_since = at
    record(
        event(
            subject=application.ref,
            customer=application.customer.ref,
            version=application.version,
            status=application.status,
            **facts,
        ),
        actor=actor,
        at=at,
        reason=reason,
        rule_version=rule_version,
        rows=[write_of(application, _changed(application)), *rows],
    )
    return application


def move_sections(
    application: Application,
    before: Collection[str],
    after: SectionStatus,
    *,
    at: datetime,
    steps: Collection[str] = tuple(SECTIONS),
    **facts: str,
) -> None:
    """Move the sections of a locked application that stand in `before` on to `after`.

    Args:
        application: locked.
        before: statuses from which SECTION_TRANSITIONS leads to `after`.
        after: the next status.
        at: the instant.
        steps: which sections; all by default.
        facts: further columns, such as the reason.
    """
    sections_moved(application, before, after, at=at, steps=steps, **facts).alone()


def sections_moved(
    application: Application,
    before: Collection[str],
    after: SectionStatus,
    *,
    at: datetime,
    steps: Collection[str] = tuple(SECTIONS),
    **facts: str,
) -> Write:
    """What `move_sections` writes, to go along with another statement; facts in hand know it."""
    further = "".join(f", {name} = %s" for name in facts)
    note_moved(application, steps, before, after.value)
    here = (application.pk, list(map(str, before)), list(map(str, steps)))
    return Write(MOVE.format(further), (after.value, at, *facts.values(), *here))


def _remembering(application: Application) -> Application:
    """A locked row that knows its columns as they are in the database."""
    application.__dict__[AS_LOCKED] = _columns(application)
    return application


def _changed(application: Application) -> list[str] | None:
    """The columns that differ from the row as it was locked; None, all, of one that is new."""
    before, now = application.__dict__.get(AS_LOCKED), _columns(application)
    if before is None:
        return None
    application.__dict__[AS_LOCKED] = now
    return [name for name, value in now.items() if name not in before or before[name] != value]


def _columns(application: Application) -> dict[str, Any]:
    """Its columns in memory; lists and tables as copies, because they may be changed in place."""
    known = application.__dict__
    return {name: _standing(known[name]) for name in _names() if name in known}


@cache
def _names() -> tuple[str, ...]:
    return tuple(field.attname for field in Application._meta.concrete_fields)


def _standing(value: Any) -> Any:
    return deepcopy(value) if isinstance(value, (list, dict)) else value
