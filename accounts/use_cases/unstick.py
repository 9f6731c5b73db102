"""What staff do where an approved application cannot go on: ask again, or review it again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.counter.selectors import has_helped
from accounts.events import ReviewReopened
from accounts.evidence.states import CheckKind
from accounts.models import Application
from accounts.selectors import review_promise
from accounts.standing.selectors import is_stuck, to_ask_again
from accounts.states import MarketStatus, SectionStatus, Status
from accounts.use_cases.outside_checks import repeat_check
from accounts.use_cases.review import UnableToReview
from accounts.use_cases.writing import keep, lock, move_sections
from brokerage.journal.actors import Actor
from brokerage.users.models import User


class UnableToAsk(Exception):
    """There is nothing to ask again; the message is translated and may be shown."""


def ask_again(*, application: Application, actor: Actor, at: datetime) -> int:
    """Ask whoever did not answer, and the depository where it opened nothing, once more.

    Args:
        application: locked here.
        actor: who settled with the counterparty what was in the way.
        at: the instant.

    Returns:
        How many questions are asked again.

    Raises:
        UnableToAsk: when every question is answered or waits.
    """
    with transaction.atomic():
        row = lock(application)
        found = to_ask_again(row)
        if not found:
            raise UnableToAsk(_("Nothing has to be asked again."))
        for check in found:
            if check.kind == CheckKind.OPENING:
                _want_again(row, at)
            repeat_check(check=check, actor=actor, at=at)
        return len(found)


def reopen_review(
    *, application: Application, officer: User, reason: str, at: datetime
) -> Application:
    """Take the approval back where nothing could be opened; the officer reviews it again.

    What was prepared stays as it is and is used by the next approval; with a refusal or when the
    customer takes it back it is closed (`end_prepared`). The clock of the review runs anew.

    Args:
        application: approved, or refused altogether by the depository; locked here.
        officer: who reviews it now; neither the applicant nor anybody who helped.
        reason: for colleagues and the journal, never shown to the customer.
        at: the instant.

    Raises:
        UnableToReview: when it goes on by itself, or it is not for this officer.
    """
    if not reason.strip():
        raise UnableToReview(_("Say why it cannot go on."))
    with transaction.atomic():
        row = lock(application)
        was = row.status
        if not is_stuck(row):
            raise UnableToReview(_("This application goes on by itself."))
        if row.applicant_id == officer.pk:
            raise UnableToReview(_("You cannot review your own application."))
        if has_helped(row, officer):
            raise UnableToReview(_("You helped the customer with it. Somebody else reviews it."))
        row.move_to(Status.REVIEWING)
        forget_decision(row)
        row.claimed_by = officer
        row.promised_at, rule = review_promise(at)
        move_sections(row, [SectionStatus.VERIFIED], SectionStatus.IN_REVIEW, at=at)
        return keep(
            row,
            ReviewReopened,
            actor=Actor.of(officer),
            at=at,
            was=was,
            reason=reason.strip(),
            rule_version=rule,
        )


def forget_decision(row: Application) -> None:
    """Take the decision off a locked row, in memory; the journal keeps who decided and when."""
    row.recommended_by, row.recommendation, row.refusal, row.final = None, "", "", False
    row.decided_by, row.decided_at = None, None
    row.forget_route()


def _want_again(row: Application, at: datetime) -> None:
    """Refused market accounts are asked for once more."""
    for account in row.market_accounts.filter(status=MarketStatus.REFUSED):
        account.move_to(MarketStatus.REQUESTED)
        account.refusal, account.status_since = "", at
        account.save()
