"""An application ends without a decision: the customer takes it back, or it lies too long."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.events import ApplicationEvent, ApplicationExpired, ApplicationWithdrawn
from accounts.models import Application
from accounts.standing.selectors import may_withdraw
from accounts.states import ACCEPTED, EDITABLE, Status
from accounts.use_cases.end_prepared import end_prepared
from accounts.use_cases.unstick import forget_decision
from accounts.use_cases.writing import keep, lock
from brokerage.core.states import IllegalTransition
from brokerage.journal.actors import Actor


class UnableToEnd(Exception):
    """It cannot end now; the message is translated and may be shown."""


def withdraw_application(*, application: Application, actor: Actor, at: datetime) -> Application:
    """Take an application back while nothing is opened. Withdrawing twice changes nothing.

    What an approval prepared is closed. Accounts that the depository opened are closed by
    `close_account`, which ends the application too.

    Raises:
        UnableToEnd: when it was refused, accounts are open, or the depository opens them now.
    """
    with transaction.atomic():
        row = lock(application)
        if row.status == Status.WITHDRAWN:
            return row
        if row.status in ACCEPTED:
            if not may_withdraw(row):
                raise UnableToEnd(_("Your accounts are being opened, or open already."))
            forget_decision(row)
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


def end_after_closing(*, application: Application, actor: Actor, at: datetime) -> Application:
    """End an application whose accounts were closed before they were ever used.

    Args:
        application: in the follow-up; locked by the caller.
        actor: who closed them.
        at: the instant.
    """
    forget_decision(application)
    return _end(application, Status.WITHDRAWN, ApplicationWithdrawn, actor, at)


def _end(
    row: Application, status: Status, event: type[ApplicationEvent], actor: Actor, at: datetime
) -> Application:
    was = row.status
    try:
        row.move_to(status)
    except IllegalTransition as error:
        raise UnableToEnd(_("This application has been decided already.")) from error
    if row.submitted_at:
        end_prepared(application=row, actor=actor, at=at)
    row.ended_at = at
    row.returned_steps, row.returned_note = [], ""
    if row.paused:
        row.paused = ""
        row.pauses.filter(ended_at=None).update(ended_at=at)
    return keep(row, event, actor=actor, at=at, was=was)
