"""The first days of an account: begun with the activation, and the outlet's greeting noted."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Application, FirstDays
from accounts.plan.dated import plan_terms
from accounts.plan.events import FirstDaysBegan, GreetingTried
from accounts.plan.states import GreetingOutcome, PlanStep
from accounts.selectors import promise_after
from accounts.states import CashStatus, Status
from accounts.use_cases.writing import lock
from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User

ACTOR = Actor.system("accounts.first_days")


class UnableToGreet(Exception):
    """A greeting is not taken; the message is translated and may be shown."""


def begin_first_days(*, application: Application, at: datetime) -> FirstDays | None:
    """Begin the plan of an active account; again, it changes nothing.

    Args:
        application: locked here.
        at: the instant of the activation; the rule of its business date counts for the whole plan.

    Returns:
        The plan; None while the account is not active.
    """
    on = business_date(at)
    terms = plan_terms(on)
    with transaction.atomic():
        row = lock(application)
        if row.status != Status.ACTIVE:
            return None
        greets = PlanStep.GREETING in terms.steps
        plan, made = FirstDays.objects.get_or_create(
            application=row,
            defaults={
                "steps": list(terms.steps),
                "started_on": on,
                "ends_on": on + timedelta(days=terms.days),
                "rule_version": terms.version,
                "greet_by": promise_after(at, terms.greet_minutes) if greets else None,
                "asked_at": at,
            },
        )
        if made:
            began = FirstDaysBegan(subject=row.ref, ends_on=plan.ends_on.isoformat())
            record(began, actor=ACTOR, at=at, rule_version=terms.version)
        return plan


def note_greeting(
    *, plan: FirstDays, outcome: GreetingOutcome, note: str, officer: User, at: datetime
) -> FirstDays:
    """Note what came of a greeting; after a call that reached nobody another is due.

    Args:
        plan: locked here.
        outcome: what came of it.
        note: for the outlet alone; nothing that belongs to another purpose.
        officer: who greeted.
        at: the instant.

    Raises:
        UnableToGreet: when no greeting waits (any more), or it is the officer's own account.
    """
    on = business_date(at)
    with transaction.atomic():
        row = lock_row(FirstDays, plan.pk, "application__cash_account")
        in_use = row.application.cash_account.status == CashStatus.ACTIVE
        if row.greet_by is None or row.ends_on <= on or not in_use:
            raise UnableToGreet(_("No greeting waits here any more."))
        if row.application.applicant_id == officer.pk:
            raise UnableToGreet(_("Somebody else has to greet you."))
        terms = plan_terms(row.started_on)
        row.tries += 1
        row.note = note.strip()
        over = outcome != GreetingOutcome.NOT_REACHED or row.tries >= terms.greet_tries
        if over:
            row.outcome, row.greeted_by, row.greeted_at, row.greet_by = outcome, officer, at, None
        else:
            row.greet_by, row.asked_at = promise_after(at, terms.greet_minutes), at
        row.save()
        tried = GreetingTried(subject=row.application.ref, outcome=outcome.value, over=over)
        record(tried, actor=Actor.of(officer), at=at, rule_version=row.rule_version)
        return row
