"""A customer came to an outlet for a step."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.events import StepVisited
from accounts.facts import facts_of
from accounts.models import Application
from accounts.states import Step
from accounts.use_cases.writing import lock
from brokerage.journal.actors import Actor
from brokerage.journal.models import Entry
from brokerage.journal.record import record

SYSTEM = Actor.system("accounts.note_visit")


def note_visit(*, application: Application, step: Step, visit: UUID, at: datetime) -> None:
    """Note that the visit for `step` is over, and whether the step is done; once a visit.

    What was done in the visit is kept by its own use cases; this one changes no answer.

    Args:
        application: locked here.
        visit: ref of the visit.
        at: the instant at which it ended.
    """
    with transaction.atomic():
        row = lock(application)
        known = Entry.objects.filter(
            kind=StepVisited.kind, subject_ref=row.ref, payload__visit=str(visit)
        )
        if known.exists():
            return
        record(
            StepVisited(
                subject=row.ref,
                customer=row.customer.ref,
                version=row.version,
                status=row.status,
                step=step.value,
                visit=visit,
                done=step in facts_of(row).done,
            ),
            actor=SYSTEM,
            at=at,
        )
