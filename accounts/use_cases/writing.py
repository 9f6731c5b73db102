"""What every write of an application shares: the lock, the version, the journal entry."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from accounts.events import ApplicationEvent
from accounts.facts import note_moved
from accounts.models import Application
from accounts.states import SECTIONS, SectionStatus
from brokerage.core.locking import lock_row
from brokerage.core.written import SOME_REF, Written
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

BY_REF = Written(lambda ref: Application.objects.filter(ref=ref), ref=SOME_REF)
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


def lock(application: Application) -> Application:
    """The row as it stands now, locked until the transaction ends."""
    return lock_row(Application, application.pk, "customer", "outlet")


def keep(
    application: Application,
    event: type[ApplicationEvent],
    *,
    actor: Actor,
    at: datetime,
    was: str,
    reason: str = "",
    rule_version: str = "",
    **facts: Any,
) -> Application:
    """Save a locked application as its next version, and record the event.

    Args:
        application: changed in memory.
        event: class of what happened; `facts` are its own fields.
        was: the status before.
    """
    application.version += 1
    application.updated_at = at
    if was != application.status:
        application.stage_since = at
    application.save()
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
    rows = application.sections.filter(status__in=before, step__in=steps)
    rows.update(status=after, updated_at=at, version=F("version") + 1, human_version=None, **facts)
    note_moved(application, steps, before, after.value)
