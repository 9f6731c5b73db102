"""Giving up a day whose files will never come: one person proposes it, another decides."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from holdings.events import DayWaived
from holdings.models import WaivedDay
from holdings.selectors.averages import late_days


class UnableToWaive(Exception):
    """The day is not to be given up.

    Attributes:
        errors: the message by field of the form.
    """

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.errors = {field: [message]}


@transaction.atomic
def propose_waiver(*, day: date, reason: str, maker: User, at: datetime) -> WaivedDay:
    """Propose that averages leave a late day out; a second person decides.

    Args:
        day: a trading day before today that averages wait for.
        reason: why its files will never come.
        maker: who proposes.
        at: the instant.

    Raises:
        UnableToWaive: for a day that nobody waits for, a second proposal, or without a reason.
    """
    if not reason.strip():
        raise UnableToWaive(_("Say why the files will never come."), "reason")
    if WaivedDay.objects.exclude(decision="rejected").filter(day=day).exists():
        raise UnableToWaive(_("This was proposed already."), "day")
    if day >= business_date(at) or not late_days(day, day):
        raise UnableToWaive(_("Averages do not wait for this day."), "day")
    return WaivedDay.objects.create(
        day=day, reason=reason.strip(), made_by_ref=maker.ref, made_at=at
    )


def waiver_approved(row: WaivedDay, checker: User, at: datetime) -> None:
    """Have everybody measured without the day; runs in the approval's transaction."""
    from holdings.tasks import measure  # tasks call use cases

    record(DayWaived(subject=row.ref, day=row.day), actor=Actor.of(checker), at=at)
    measure.defer()
