"""The review by people: one proposes, another decides."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import PermissionApplication
from accounts.permissions.events import PermissionVerdictProposed
from accounts.permissions.states import CaseRefusal, CaseStatus, CaseVerdict
from accounts.permissions.use_cases.agreeing import refuse
from accounts.permissions.use_cases.reporting import begin_report
from accounts.permissions.use_cases.steps import UnableToGoOn, lock_case, tell
from brokerage.core import roles
from brokerage.journal.actors import Actor
from brokerage.users.models import User

PROPOSES = "accounts.review_permission"
DECIDES = "accounts.decide_permission"


def propose(
    *,
    case: PermissionApplication,
    verdict: CaseVerdict,
    note: str,
    officer: User,
    at: datetime,
) -> None:
    """Propose a verdict; a proposal that waits is replaced.

    Raises:
        UnableToGoOn: without the right, or when the case is not in review.
    """
    if not roles.may(officer, PROPOSES):
        raise UnableToGoOn(_("You may not review this."))
    with transaction.atomic():
        row = lock_case(case)
        _in_review(row)
        _did_not_help(row, officer)
        row.proposed_by, row.verdict, row.note = officer, verdict, note.strip()
        row.save()
        tell(PermissionVerdictProposed, row, actor=Actor.of(officer), at=at, verdict=str(verdict))


def decide(*, case: PermissionApplication, agree: bool, officer: User, at: datetime) -> None:
    """Decide on the proposal of another: agreed, it is carried out; else the review goes on.

    Raises:
        UnableToGoOn: without the right, on one's own proposal, or when none waits.
    """
    if not roles.may(officer, DECIDES):
        raise UnableToGoOn(_("You may not decide on this."))
    with transaction.atomic():
        row = lock_case(case)
        _in_review(row)
        if row.proposed_by_id is None:
            raise UnableToGoOn(_("Nothing is proposed."))
        if row.proposed_by_id == officer.pk:
            raise UnableToGoOn(_("Another person has to decide."))
        _did_not_help(row, officer)
        if not agree:
            row.proposed_by, row.verdict = None, ""
            row.save()
            return
        row.decided_by = officer
        if row.verdict == CaseVerdict.GRANT:
            begin_report(row, at, Actor.of(officer))
        else:
            refuse(row, CaseRefusal.REVIEW, [], at)


def _in_review(row: PermissionApplication) -> None:
    if row.status != CaseStatus.REVIEW:
        raise UnableToGoOn(_("This application is not in review."))


def _did_not_help(row: PermissionApplication, officer: User) -> None:
    if row.releases.filter(helper=officer).exists():
        raise UnableToGoOn(_("You helped the customer with it. Somebody else reviews it."))
