"""The owner of a step answers: accepts, declines, joins, releases, measures; authors contest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from branches.events import SuggestionMoved
from branches.models import Suggestion
from branches.suggestions.dated import LEAST, WINDOW_DAYS
from branches.suggestions.effect import Effect, compare
from branches.suggestions.states import Status
from branches.suggestions.steps import steps
from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.core.states import IllegalTransition
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.models import Rule
from brokerage.users.models import User


class UnableToAnswer(Exception):
    """The suggestion does not stand where this can be done; the message is translated."""


def accept(*, suggestion: Suggestion, officer: User, answer: str, at: datetime) -> Suggestion:
    """Take it into the plan, with what happens next; refusals as in `_move`."""

    def change(row: Suggestion) -> None:
        _answer(row, officer, answer, at)

    return _move(suggestion, Status.ACCEPTED, change, officer, at)


def decline(*, suggestion: Suggestion, officer: User, answer: str, at: datetime) -> Suggestion:
    """Say no, with the reason; for a contested one it is the last word. Refusals as in `_move`."""

    def change(row: Suggestion) -> None:
        _answer(row, officer, answer, at)

    contested = Suggestion.objects.filter(pk=suggestion.pk, status=Status.CONTESTED).exists()
    status = Status.CLOSED if contested else Status.DECLINED
    return _move(suggestion, status, change, officer, at)


def join(*, suggestion: Suggestion, other: Suggestion, officer: User, at: datetime) -> Suggestion:
    """Join a duplicate with the one that goes on; both authors keep their credit.

    Raises:
        UnableToAnswer: for itself, another step's, or one that is joined already.
    """

    def change(row: Suggestion) -> None:
        target = lock_row(Suggestion, other.pk)
        if target.pk == row.pk or target.status == Status.MERGED or target.step != row.step:
            raise UnableToAnswer(_("Choose another suggestion on the same step."))
        row.merged_into = target
        row.joined.update(merged_into=target)  # who was joined before follows

    return _move(suggestion, Status.MERGED, change, officer, at)


def release(
    *, suggestion: Suggestion, officer: User, on: date, name: str, at: datetime
) -> Suggestion:
    """Say that it stands in the product since `on`.

    Raises:
        UnableToAnswer: for a day ahead, or before it was accepted.
    """

    def change(row: Suggestion) -> None:
        if not business_date(row.created_at) <= on <= business_date(at):
            raise UnableToAnswer(_("The day of the release lies between filing and today."))
        row.released_on, row.released_in = on, name.strip()

    return _move(suggestion, Status.RELEASED, change, officer, at)


def contest(*, suggestion: Suggestion, author: User, why: str, at: datetime) -> Suggestion:
    """The author disagrees with a no, once; somebody else looks again.

    Raises:
        UnableToAnswer: when it is not the author's, or no reason is given.
    """

    def change(row: Suggestion) -> None:
        if row.author_id != author.pk:
            raise UnableToAnswer(_("Only the author can contest the answer."))
        if not why.strip():
            raise UnableToAnswer(_("Say why you disagree."))
        row.contest = why.strip()

    return _move(suggestion, Status.CONTESTED, change, author, at)


def measure(*, suggestion: Suggestion, at: datetime) -> Effect | None:
    """Compare the windows before and after the release, once the second is complete.

    Returns:
        The effect; None while the window runs or where nobody counts the step.
    """
    found: list[Effect] = []
    suggestion = Suggestion.objects.get(pk=suggestion.pk)
    day = business_date(at)
    length = timedelta(days=Rule.objects.in_force(WINDOW_DAYS, day).figure)
    since = suggestion.released_on
    step = steps.get(suggestion.step) if suggestion.step in steps else None
    if since is None or step is None or step.count is None or since + length > day:
        return None
    before, after = step.count(since - length, since), step.count(since, since + length)

    def change(row: Suggestion) -> None:
        effect = compare(before, after, least=Rule.objects.in_force(LEAST, day).figure)
        row.before_begun, row.before_finished = before.begun, before.finished
        row.after_begun, row.after_finished = after.begun, after.finished
        row.verdict, row.measured_at = effect.verdict, at
        found.append(effect)

    _move(suggestion, Status.MEASURED, change, None, at)
    return found[0]


@transaction.atomic
def _move(
    suggestion: Suggestion,
    status: Status,
    change: Callable[[Suggestion], Any],
    person: User | None,
    at: datetime,
) -> Suggestion:
    """Lock, step, change, record.

    Raises:
        UnableToAnswer: when the suggestion stands where this cannot be done.
    """
    row = lock_row(Suggestion, suggestion.pk)
    was_contested = row.status == Status.CONTESTED
    try:
        row.move_to(status)
    except IllegalTransition as error:
        raise UnableToAnswer(_("Somebody has answered this already.")) from error
    change(row)
    if was_contested and person is not None and row.contest_by_id == row.decided_by_id:
        raise UnableToAnswer(_("Somebody else has to give the second answer."))
    row.save()
    actor = Actor.of(person) if person is not None else Actor.system("branches.suggestions")
    other = row.merged_into
    record(
        SuggestionMoved(
            subject=row.ref,
            author=row.author.ref,
            status=row.status,
            joined_with=other.ref if other else None,
        ),
        actor=actor,
        at=at,
    )
    return row


def _answer(row: Suggestion, officer: User, answer: str, at: datetime) -> None:
    """The first answer, or the second where the first was contested."""
    if officer.pk == row.author_id:
        raise UnableToAnswer(_("Nobody answers their own suggestion."))
    if not answer.strip():
        raise UnableToAnswer(_("Say why, so that the author understands."))
    if row.contest:
        row.contest_by, row.contest_answer = officer, answer.strip()
    else:
        row.decided_by, row.decided_at, row.answer = officer, at, answer.strip()
