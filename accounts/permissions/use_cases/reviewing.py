"""The review by people: one proposes, another decides."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import PermissionApplication, TradingPermission
from accounts.permissions.events import PermissionVerdictProposed
from accounts.permissions.hard_stops import hard_stops
from accounts.permissions.selectors import still_stands
from accounts.permissions.states import CaseRefusal, CaseStatus, CaseVerdict
from accounts.permissions.use_cases.reporting import begin_report
from accounts.permissions.use_cases.steps import (
    UnableToGoOn,
    lock_case,
    refuse,
    tell,
)
from brokerage.core import roles
from brokerage.core.clock import business_date
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


def decide(
    *,
    case: PermissionApplication,
    agree: bool,
    officer: User,
    at: datetime,
    seen: str | None = None,
) -> None:
    """Decide on the proposal of another: agreed, it is carried out; else the review goes on.

    Class and assessment are looked at once more: days lie between the signature and this.

    Args:
        case: locked here.
        agree: whether the proposal is carried out.
        officer: who decides.
        at: now.
        seen: `proposal_mark` of what the officer was shown; None where nobody was shown a page.

    Raises:
        UnableToGoOn: without the right, on one's own proposal, when none waits or another than
            was seen, or while a hard stop is in the way of a grant.
    """
    if not roles.may(officer, DECIDES):
        raise UnableToGoOn(_("You may not decide on this."))
    with transaction.atomic():
        row = lock_case(case)
        _in_review(row)
        if row.proposed_by_id is None:
            raise UnableToGoOn(_("Nothing is proposed."))
        same_proposal(row, seen)
        if row.proposed_by_id == officer.pk:
            raise UnableToGoOn(_("Another person has to decide."))
        _did_not_help(row, officer)
        if not agree:
            row.proposed_by, row.verdict = None, ""
            row.save()
            return
        row.decided_by = officer
        if row.verdict != CaseVerdict.GRANT:
            refuse(row, CaseRefusal.REVIEW, at)
        elif not still_stands(row.customer, row.key, business_date(at)):
            refuse(row, CaseRefusal.CONDITIONS, at)
        elif stops := hard_stops(row.customer, business_date(at)):
            said = _("This is in the way, as the customer reads it: {reason}")
            raise UnableToGoOn(said.format(reason=stops[0].text))
        else:
            begin_report(row, at, Actor.of(officer))


def proposal_mark(row: PermissionApplication | TradingPermission) -> str:
    """What names a proposal on a page: who proposed what, and why; empty where none waits."""
    if row.proposed_by is None:
        return ""
    verdict = row.verdict if isinstance(row, PermissionApplication) else ""
    parts = (str(row.proposed_by.ref), verdict, row.note)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def same_proposal(row: PermissionApplication | TradingPermission, seen: str | None) -> None:
    """Refuse a decision on another proposal than the officer was shown.

    Raises:
        UnableToGoOn: it was replaced meanwhile.
    """
    if seen is not None and seen != proposal_mark(row):
        raise UnableToGoOn(_("The proposal has changed meanwhile. Look at it again."))


def _in_review(row: PermissionApplication) -> None:
    if row.status != CaseStatus.REVIEW:
        raise UnableToGoOn(_("This application is not in review."))


def _did_not_help(row: PermissionApplication, officer: User) -> None:
    if row.releases.filter(helper=officer).exists():
        raise UnableToGoOn(_("You helped the customer with it. Somebody else reviews it."))
