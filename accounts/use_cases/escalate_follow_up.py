"""A follow-up whose date has passed: whoever answers for central visits takes it over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.dated import overdue_terms
from accounts.events import FollowUpDated, FollowUpEscalated
from accounts.life.states import CLOSING_OPEN
from accounts.models import Application, FollowUp
from accounts.states import Status
from accounts.use_cases.follow_up import UnableToFollowUp
from accounts.use_cases.writing import keep, lock
from brokerage.core import roles
from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from brokerage.users.models import User

ACTOR = Actor.system("accounts.escalate_follow_up")
LEADS = "accounts.lead_follow_up"
UNSETTLED = ~Q(follow_up__passed=True)


def overdue(at: datetime) -> QuerySet[Application]:
    """Applications whose follow-up is late by more than the rule allows, and not escalated yet.

    Nobody is chased about an account that its customer is closing.
    """
    before = at - timedelta(hours=overdue_terms(business_date(at)).after_hours)
    rows = Application.objects.filter(
        UNSETTLED,
        status=Status.VISIT,
        follow_up__due_at__lt=before,
        follow_up__escalated_at=None,
    )
    return rows.exclude(closings__status__in=CLOSING_OPEN)


def escalate_follow_up(*, application: Application, at: datetime) -> FollowUp | None:
    """Hand an overdue follow-up to whoever answers for central visits; the customer is told.

    Args:
        application: locked here.
        at: the instant.

    Returns:
        The follow-up; None where it is settled, has time left, or was escalated already.
    """
    with transaction.atomic():
        row = lock(application)
        if not overdue(at).filter(pk=row.pk).exists():
            return None
        terms = overdue_terms(business_date(at))
        follow_up = FollowUp.objects.select_for_update().get(application=row)
        follow_up.escalated_at, follow_up.escalation_rule = at, terms.version
        follow_up.save(update_fields=["escalated_at", "escalation_rule"])
        keep(
            row,
            FollowUpEscalated,
            actor=ACTOR,
            at=at,
            was=row.status,
            rule_version=terms.version,
            tries=follow_up.tries,
        )
        return follow_up


def set_new_date(*, application: Application, lead: User, reason: str, at: datetime) -> FollowUp:
    """Give an escalated follow-up a new date, so many days from now as the rule says.

    Args:
        application: locked here.
        lead: who answers for central visits.
        reason: what was arranged; for the journal.
        at: the instant.

    Raises:
        UnableToFollowUp: without the right or a reason, or where nothing is escalated.
    """
    if not roles.may(lead, LEADS):
        raise UnableToFollowUp(_("Whoever answers for central visits sets a new date."))
    if not reason.strip():
        raise UnableToFollowUp(_("Say what was arranged."))
    with transaction.atomic():
        row = lock(application)
        follow_up = FollowUp.objects.select_for_update().filter(application=row).first()
        if row.status != Status.VISIT or follow_up is None or follow_up.escalated_at is None:
            raise UnableToFollowUp(_("The date of this follow-up has not passed."))
        terms = overdue_terms(business_date(at))
        follow_up.due_at = at + timedelta(days=terms.new_days)
        follow_up.escalated_at, follow_up.escalation_rule = None, ""
        follow_up.save(update_fields=["due_at", "escalated_at", "escalation_rule"])
        keep(
            row,
            FollowUpDated,
            actor=Actor.of(lead),
            at=at,
            was=row.status,
            reason=reason.strip(),
            rule_version=terms.version,
            due_at=follow_up.due_at.isoformat(),
        )
        return follow_up
