"""A second person decides on what the first proposed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.events import ApplicationApproved, ApplicationEvent, ApplicationRejected
from accounts.models import Application
from accounts.states import DECIDED, Status, Verdict
from accounts.use_cases.writing import keep, lock
from brokerage.core.states import IllegalTransition
from brokerage.journal.actors import Actor
from brokerage.users.models import Kind, User


class UnableToDecide(Exception):
    """The decision is refused; the message is translated and may be shown."""


def approve_application(*, application: Application, officer: User, at: datetime) -> Application:
    """Agree to open what another officer proposed to open.

    Args:
        application: locked here.
        officer: neither the proposer nor the applicant.
        at: the instant.

    Raises:
        UnableToDecide: when there is no such proposal, or it is the officer's own.
    """
    return _decide(application, officer, Verdict.APPROVE, at)


def reject_application(*, application: Application, officer: User, at: datetime) -> Application:
    """Agree not to open; arguments and refusals as in `approve_application`."""
    return _decide(application, officer, Verdict.REJECT, at)


def _decide(
    application: Application, officer: User, verdict: Verdict, at: datetime
) -> Application:
    event: type[ApplicationEvent]
    with transaction.atomic():
        row = lock(application)
        _refuse_unless_second(row, officer, verdict)
        was = row.status
        facts = {}
        if verdict == Verdict.APPROVE:
            target, event = Status.APPROVED, ApplicationApproved
        else:
            target, event = Status.REJECTED, ApplicationRejected
            facts = {"refusal": row.refusal}
        try:
            row.move_to(target)
        except IllegalTransition as error:
            raise UnableToDecide(_("This application is not under review.")) from error
        row.decided_by, row.decided_at = officer, at
        return keep(row, event, actor=Actor.of(officer), at=at, was=was, **facts)


def _refuse_unless_second(row: Application, officer: User, verdict: Verdict) -> None:
    if row.status in DECIDED:
        raise UnableToDecide(_("Somebody has decided this already."))
    if officer.kind != Kind.STAFF or officer.pk == row.applicant_id:
        raise UnableToDecide(_("You cannot decide on your own application."))
    if row.recommendation != verdict:
        raise UnableToDecide(_("Nobody has proposed this verdict yet."))
    if row.recommended_by_id == officer.pk:
        raise UnableToDecide(_("Another person than the proposer has to decide."))
