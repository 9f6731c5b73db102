"""An application ends without a decision: the customer takes it back, or it lies too long."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.events import ApplicationEvent, ApplicationExpired, ApplicationWithdrawn
from accounts.models import Application
from accounts.states import EDITABLE, Status
from accounts.use_cases.writing import keep, lock
from brokerage.core.states import IllegalTransition
from brokerage.journal.actors import Actor


class UnableToEnd(Exception):
    """It cannot end now; the message is translated and may be shown."""


def withdraw_application(*, application: Application, actor: Actor, at: datetime) -> Application:
    """Take an open application back. Withdrawing twice changes nothing.

    Raises:
        UnableToEnd: when it was decided already.
    """
    with transaction.atomic():
        row = lock(application)
        if row.status == Status.WITHDRAWN:
            return row
        return _end(row, Status.WITHDRAWN, ApplicationWithdrawn, actor, at)


def expire_application(
    *, application: Application, untouched_since: datetime, at: datetime
) -> Application | None:
    """End a draft that nobody touched since an instant; None where somebody did meanwhile."""
    with transaction.atomic():
        row = lock(application)
        if row.status not in EDITABLE or row.updated_at >= untouched_since:
            return None
        actor = Actor.system("accounts.expire_drafts")
        return _end(row, Status.EXPIRED, ApplicationExpired, actor, at)


def _end(
    row: Application, status: Status, event: type[ApplicationEvent], actor: Actor, at: datetime
) -> Application:
    was = row.status
    try:
        row.move_to(status)
    except IllegalTransition as error:
        raise UnableToEnd(_("This application has been decided already.")) from error
    row.ended_at = at
    row.returned_steps, row.returned_note = [], ""
    if row.paused:
        row.paused = ""
        row.pauses.filter(ended_at=None).update(ended_at=at)
    return keep(row, event, actor=actor, at=at, was=was)
