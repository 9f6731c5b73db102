"""The follow-up before the account becomes active: the customer answers, or central staff call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.counter.selectors import has_helped
from accounts.dated import follow_up_terms
from accounts.events import AccountActivated, FollowUpAnswered, FollowUpTried
from accounts.evidence.events import NumberShown
from accounts.life.states import CLOSING_OPEN
from accounts.models import Application, CashAccount, FollowUp
from accounts.states import CashStatus, FollowUpQuestion, Status
from accounts.use_cases.send_pins import send_pins
from accounts.use_cases.writing import keep, lock
from brokerage.core import roles
from brokerage.core.clock import business_date
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from holdings.states import AccountKind
from holdings.use_cases.open_account import open_account

YES = "yes"


class UnableToFollowUp(Exception):
    """The follow-up cannot be answered; the message is translated and may be shown."""


def answer_follow_up(
    *, application: Application, answers: Mapping[str, str], actor: Actor, at: datetime
) -> Application:
    """The customer's own answers. All yes: the account is active. Any no: central staff call.

    Args:
        application: locked here; answering twice changes nothing.
        answers: FollowUpQuestion → yes or no, for every question.
        actor: the customer.
        at: the instant.

    Raises:
        UnableToFollowUp: when nothing is asked now, or the rule in force wants a call.
    """
    if not follow_up_terms(business_date(at)).own_answers:
        raise UnableToFollowUp(_("We call you for these questions."))
    return _answer(application, answers, actor, None, at)


def record_call(
    *, application: Application, answers: Mapping[str, str], caller: User, at: datetime
) -> Application:
    """What the customer answered in a call, also after own answers with a no among them.

    Args:
        application: locked here.
        answers: FollowUpQuestion → yes or no, for every question.
        caller: central staff who neither reviewed nor decided.
        at: the instant.

    Raises:
        UnableToFollowUp: when nothing is asked now, or the caller took part: in the review, or by
            helping at a counter.
    """
    _refuse_unless_caller(application, caller)
    return _answer(application, answers, Actor.of(caller), caller, at)


def note_no_answer(*, application: Application, caller: User, at: datetime) -> Application:
    """Nobody took the call: it is counted, and somebody calls again at another time.

    Args:
        application: in the follow-up; locked here.
        caller: as in `record_call`.
        at: the instant of the call.

    Raises:
        UnableToFollowUp: when nothing is asked now, or it is not for this caller.
    """
    _refuse_unless_caller(application, caller)
    with transaction.atomic():
        row = lock(application)
        follow_up = FollowUp.objects.select_for_update().filter(application=row).first()
        if row.status != Status.VISIT or follow_up is None:
            raise UnableToFollowUp(_("There is nothing to answer now."))
        follow_up.tries, follow_up.tried_at = follow_up.tries + 1, at
        follow_up.save()
        return keep(
            row,
            FollowUpTried,
            actor=Actor.of(caller),
            at=at,
            was=row.status,
            tries=follow_up.tries,
        )


def number_to_call(*, application: Application, caller: User, at: datetime) -> str:
    """The customer's telephone number, for who makes the call; the look is in the journal first.

    Args:
        application: in the follow-up, visible to the caller.
        caller: as in `record_call`.
        at: the instant.

    Returns:
        The number, E.164; empty for somebody without a log-in.

    Raises:
        UnableToFollowUp: when nothing is asked now, or it is not for this caller.
    """
    _refuse_unless_caller(application, caller)
    if application.status != Status.VISIT:
        raise UnableToFollowUp(_("There is nothing to answer now."))
    with transaction.atomic():
        record(NumberShown(subject=application.ref), actor=Actor.of(caller), at=at)
    return application.customer.phone


def _refuse_unless_caller(application: Application, caller: User) -> None:
    """Central staff who took no part in it, neither at the desk nor at a counter."""
    if not roles.may(caller, "accounts.call_follow_up"):
        raise UnableToFollowUp(_("Central staff who do not market make this call."))
    involved = (
        application.claimed_by_id,
        application.recommended_by_id,
        application.decided_by_id,
        application.applicant_id,
    )
    if caller.pk in involved or has_helped(application, caller):
        raise UnableToFollowUp(_("Somebody who took no part in the review has to call."))


def _answer(
    application: Application,
    answers: Mapping[str, str],
    actor: Actor,
    caller: User | None,
    at: datetime,
) -> Application:
    if set(answers) != set(FollowUpQuestion.values):
        raise UnableToFollowUp(_("Answer every question."))
    with transaction.atomic():
        row = lock(application)
        if row.status == Status.ACTIVE:
            return row
        follow_up = FollowUp.objects.select_for_update().filter(application=row).first()
        if row.status != Status.VISIT or follow_up is None:
            raise UnableToFollowUp(_("There is nothing to answer now."))
        if row.closings.filter(status__in=CLOSING_OPEN).exists():
            raise UnableToFollowUp(_("The customer is closing this account."))
        if follow_up.answered_at and caller is None:
            raise UnableToFollowUp(_("You answered already. We call you about it."))
        follow_up.answers = dict(answers)
        follow_up.answered_at, follow_up.called_by = at, caller
        follow_up.passed = all(given == YES for given in answers.values())
        follow_up.save()
        keep(
            row,
            FollowUpAnswered,
            actor=actor,
            at=at,
            was=row.status,
            passed=follow_up.passed,
            by_call=caller is not None,
        )
        return _activate(row, actor, at) if follow_up.passed else row


def _activate(row: Application, actor: Actor, at: datetime) -> Application:
    cash = CashAccount.objects.select_for_update().get(application=row)
    cash.move_to(CashStatus.ACTIVE)
    cash.status_since = at
    cash.save()
    # Who closed an account before is a customer again: the years of keeping no longer run.
    Customer.objects.filter(pk=row.customer_id).exclude(closed_at=None).update(closed_at=None)
    open_account(
        customer=row.customer, ref=cash.ref, kind=AccountKind.ORDINARY, actor=actor, at=at
    )
    send_pins(customer=row.customer, at=at)
    row.move_to(Status.ACTIVE)
    return keep(row, AccountActivated, actor=actor, at=at, was=Status.VISIT)
