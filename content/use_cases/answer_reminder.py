"""What becomes of reminders: the customer mutes a kind or says done, an adviser follows up."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core import scope
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from content.events import ReminderFollowed
from content.models import Reminder, ReminderMute
from content.states import Outcome


class UnableToFollowUp(Exception):
    """Somebody has followed it up already; the message is translated."""


@transaction.atomic
def mute(*, customer: Customer, kind: str, is_muted: bool, at: datetime) -> None:
    """Want a registered kind of reminder no more, or again; doing it twice changes nothing."""
    if is_muted:
        ReminderMute.objects.get_or_create(customer=customer, kind=kind, defaults={"since": at})
    else:
        ReminderMute.objects.filter(customer=customer, kind=kind).delete()


def say_done(*, customer: Customer, ref: UUID, at: datetime) -> None:
    """Note that the customer has acted on a reminder; the first time counts."""
    Reminder.objects.filter(customer=customer, ref=ref, acted_at=None).update(acted_at=at)


@transaction.atomic
def follow_up(*, reminder: Reminder, outcome: Outcome, adviser: Any, at: datetime) -> Reminder:
    """Note what came of an adviser's follow-up.

    Raises:
        UnableToFollowUp: when it was noted already, or nobody has to.
        Http404: when the adviser cannot see it.
    """
    rows = Reminder.objects.select_for_update(of=("self",))
    row = scope.visible_or_404(rows, adviser, ref=reminder.ref)
    if not row.needs_person or row.outcome:
        raise UnableToFollowUp(_("There is nothing to follow up here."))
    row.outcome, row.followed_by, row.followed_at = outcome, adviser, at
    row.save()
    record(ReminderFollowed(subject=row.ref, outcome=str(outcome)), actor=Actor.of(adviser), at=at)
    return row
