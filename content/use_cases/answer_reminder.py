"""What becomes of reminders: the customer mutes a kind or says done, an adviser follows up."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from brokerage.core import scope
from brokerage.core.clock import business_date
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.messaging.models import Message
from content.events import ReminderFollowed
from content.models import Reminder, ReminderMute
from content.reminder_rules import reminder_rules_on
from content.states import Outcome
from content.use_cases.sign_item import licence_of


class UnableToFollowUp(Exception):
    """Somebody has followed it up already; the message is translated."""


@transaction.atomic
def mute(*, customer: Customer, kind: str, is_muted: bool, at: datetime) -> None:
    """Want a registered kind of reminder no more, or again; doing it twice changes nothing."""
    if is_muted:
        ReminderMute.objects.get_or_create(customer=customer, kind=kind, defaults={"since": at})
    else:
        ReminderMute.objects.filter(customer=customer, kind=kind).delete()


@transaction.atomic
def say_done(*, customer: Customer, ref: UUID, at: datetime) -> None:
    """Note that the customer has acted on a reminder; the first time counts. They have read it."""
    rows = Reminder.objects.filter(customer=customer, ref=ref)
    rows.filter(acted_at=None).update(acted_at=at)
    read_reminders(rows, at)


def read_reminders(rows: QuerySet[Reminder], at: datetime) -> int:
    """Note that the customer has the words of these before them; returns how many were new."""
    return Message.objects.filter(pk__in=rows.values("message")).unread().update(read_at=at)


@transaction.atomic
def follow_up(
    *, reminder: Reminder, outcome: Outcome, adviser: Any, at: datetime, note: str = ""
) -> Reminder:
    """Note what came of an adviser's follow-up; who was not reached stays to be tried again.

    Args:
        reminder: locked here.
        adviser: holds a licence, valid today, that the dated rule asks for.
        note: what was said, at most 300 letters; it stands in the customer's own copy.

    Raises:
        UnableToFollowUp: when it was noted already, or nobody has to, or without a licence.
        Http404: when the adviser cannot see it.
    """
    rows = Reminder.objects.select_for_update(of=("self",))
    row = scope.visible_or_404(rows, adviser, ref=reminder.ref)
    if not row.needs_person or row.outcome:
        raise UnableToFollowUp(_("There is nothing to follow up here."))
    wanted = list(reminder_rules_on(business_date(at)).follow_licences)
    if wanted and licence_of(adviser, wanted, at) is None:
        raise UnableToFollowUp(_("You hold no licence today with which you may advise on it."))
    row.note = note.strip()[:300] or row.note
    if outcome == Outcome.UNREACHED:
        row.attempts += 1
    else:
        row.outcome, row.followed_by, row.followed_at = outcome, adviser, at
    row.save()
    record(ReminderFollowed(subject=row.ref, outcome=str(outcome)), actor=Actor.of(adviser), at=at)
    return row
