"""What suggestions were worth in a period, for every person and every outlet; contests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from branches.events import ScoreContested
from branches.models import Score, ScorePeriod, StaffAssignment, Suggestion
from branches.states import Kind
from branches.suggestions.dated import FLOOR, SCORING
from branches.suggestions.effect import Outcome, Verdict, points
from branches.suggestions.states import LIVE, Status
from brokerage.core.clock import business_date
from brokerage.core.four_eyes import FourEyesRefused
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.models import Rule
from brokerage.users.models import User


class UnableToScore(Exception):
    """The period or the contest cannot be; the message is translated."""


def propose_period(*, starts_on: date, ends_on: date, maker: User, at: datetime) -> ScorePeriod:
    """Propose to assess a period that is over.

    Raises:
        UnableToScore: when it is not over, or is assessed already.
    """
    if ends_on > business_date(at):
        raise UnableToScore(_("A period is assessed once it is over."))
    row = ScorePeriod(starts_on=starts_on, ends_on=ends_on, made_by_ref=maker.ref, made_at=at)
    try:
        row.full_clean()
    except ValidationError as error:
        raise UnableToScore(" ".join(error.messages)) from error
    row.save()
    return row


def score_period(period: ScorePeriod, checker: User, at: datetime) -> None:
    """What the release of a period does: one score a person and one an outlet.

    Everybody who works at an outlet or branch company on the last day is assessed, general
    managers included; who left keeps the credit in the outlet's score.
    """
    last = period.ends_on
    scoring = Rule.objects.in_force(SCORING, last).figure
    floor = Rule.objects.in_force(FLOOR, last).figure
    found = Suggestion.objects.filter(
        created_at__date__gte=period.starts_on, created_at__date__lt=period.ends_on
    ).select_related("merged_into", "author", "unit")
    by_person: dict[int, list[Suggestion]] = defaultdict(list)
    by_unit: dict[int, list[Suggestion]] = defaultdict(list)
    for suggestion in found:
        by_person[suggestion.author_id].append(suggestion)
        by_unit[suggestion.unit_id].append(suggestion)
    kinds = (Kind.OUTLET, Kind.BRANCH_COMPANY)
    staff = StaffAssignment.objects.on(last).filter(unit__kind__in=kinds)
    pairs = list(staff.order_by("unit_id", "user_id").values_list("unit_id", "user_id").distinct())
    if not pairs:
        raise FourEyesRefused(_("Nobody worked at an outlet on the last day of the period."))
    scores = [
        _score(period, unit, person, by_person[person], scoring, floor) for unit, person in pairs
    ]
    heads: dict[int, int] = defaultdict(int)
    for unit, _person in pairs:
        heads[unit] += 1
    scores += [
        _score(period, unit, None, by_unit[unit], scoring, floor * count)
        for unit, count in heads.items()
    ]
    Score.objects.bulk_create(scores, batch_size=500)


def _score(
    period: ScorePeriod,
    unit: int,
    person: int | None,
    suggestions: Iterable[Suggestion],
    scoring: dict[str, str],
    floor: int,
) -> Score:
    mine = [one for one in suggestions if person is None or one.unit_id == unit]
    outcomes = [outcome_of(one) for one in mine]
    return Score(
        period=period,
        unit_id=unit,
        person_id=person,
        filed=len(mine),
        adopted=sum(one.released for one in outcomes),
        floor_met=len(mine) >= floor,
        points=points(outcomes, scoring),
        inputs={"suggestions": [str(one.ref) for one in mine], "floor": floor, **scoring},
    )


def outcome_of(suggestion: Suggestion) -> Outcome:
    """How a suggestion ended; one that was joined ends as the other did."""
    merged = suggestion.status == Status.MERGED
    final = suggestion.merged_into if merged and suggestion.merged_into else suggestion
    gain = Decimal(0)
    if final.verdict == Verdict.BETTER:
        gain = Decimal(final.after.share - final.before.share) * 100
    return Outcome(
        released=final.status in LIVE,
        verdict=Verdict(final.verdict) if final.verdict else None,
        gain=gain,
        merged=merged,
    )


@transaction.atomic
def contest_score(*, score: Score, person: User, why: str, at: datetime) -> Score:
    """Say, once, why a score is wrong.

    Raises:
        UnableToScore: when it was contested already or no reason is given.
    """
    row = lock_row(Score, score.pk)
    if row.contested_at is not None:
        raise UnableToScore(_("This score is contested already."))
    if row.person_id not in (None, person.pk):
        raise UnableToScore(_("Only the person concerned can contest this."))
    if not why.strip():
        raise UnableToScore(_("Say why you disagree."))
    row.contest, row.contested_at = why.strip(), at
    row.save()
    _record(row, person, at, answered=False)
    return row


@transaction.atomic
def answer_contest(
    *, score: Score, officer: User, answer: str, at: datetime, points: Decimal | None = None
) -> Score:
    """Answer a contest, perhaps with other points.

    Raises:
        UnableToScore: when nobody contested, or it was answered already.
    """
    row = lock_row(Score, score.pk)
    if row.contested_at is None or row.contest_by_id is not None:
        raise UnableToScore(_("There is nothing to answer."))
    if row.person_id == officer.pk:
        raise UnableToScore(_("Nobody answers their own contest."))
    row.contest_answer, row.contest_by = answer.strip(), officer
    if points is not None:
        row.inputs = {**row.inputs, "points_before_contest": str(row.points)}
        row.points = points
    row.save()
    _record(row, officer, at, answered=True)
    return row


def _record(row: Score, person: Any, at: datetime, *, answered: bool) -> None:
    record(ScoreContested(subject=row.ref, answered=answered), actor=Actor.of(person), at=at)
