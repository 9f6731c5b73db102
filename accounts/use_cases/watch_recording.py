"""A reviewer says that the video was watched; nobody agrees to open an account without it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.evidence.events import RecordingWatched
from accounts.models import Application
from accounts.review.films import has_watched, kept_files, unopened
from accounts.states import WITH_US
from accounts.use_cases.writing import lock
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User


class UnableToWatch(Exception):
    """It does not count as watched; the message is translated and may be shown."""


def watch_recording(*, application: Application, officer: User, at: datetime) -> None:
    """Note that this person watched every chapter, and that digits and person were right.

    The same recordings again change nothing. The journal has to say that each was opened: nothing
    here can know whether anybody looked, but that nobody opened it is known.

    Args:
        application: with us; locked here.
        officer: who watched; neither the applicant nor anybody who helped decides later anyway.
        at: the instant.

    Raises:
        UnableToWatch: when it is not under review, nothing was recorded, or a chapter was never
            opened by this person.
    """
    with transaction.atomic():
        row = lock(application)
        refs = kept_files(row)
        if row.status not in WITH_US or not refs:
            raise UnableToWatch(_("There is no video to watch now."))
        if unopened(refs, officer):
            raise UnableToWatch(_("Play every chapter first."))
        if has_watched(row, officer):
            return
        record(
            RecordingWatched(subject=row.ref, files=tuple(refs)),
            actor=Actor.of(officer),
            at=at,
        )
