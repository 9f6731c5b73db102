"""Say from when on a unit opens at which hours of the week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from branches.models import OpeningHours, OrgUnit
from branches.models.hours import OVERLAP
from branches.place_events import HoursChanged
from branches.states import Weekday
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

Week = Mapping[int, Iterable[tuple[time, time]]]


class UnableToSetHours(Exception):
    """The hours contradict each other; the message is translated.

    Attributes:
        weekday: on which day, 1 (Monday) to 7; 0 where it is about no day.
    """

    def __init__(self, message: object, weekday: int = 0) -> None:
        super().__init__(str(message))
        self.weekday = weekday


@transaction.atomic
def set_hours(
    *, unit: OrgUnit, week: Week, valid_from: date, actor: Actor, at: datetime
) -> list[OpeningHours]:
    """Let `week` be the hours of `unit` from `valid_from` on; the present ones end there.

    Args:
        week: intervals (opens, closes) for each weekday, 1 (Monday) to 7; a day that is left out
            is closed.
        valid_from: first business day.

    Raises:
        UnableToSetHours: when intervals overlap or run over midnight, or other hours are planned
            for later.
    """
    OrgUnit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    if OpeningHours.objects.filter(unit=unit, valid_from__gt=valid_from).exists():
        raise UnableToSetHours(_("Other hours are planned for later already."))
    held = OpeningHours.objects.filter(Q(valid_to=None) | Q(valid_to__gt=valid_from), unit=unit)
    held.update(valid_to=valid_from)
    rows = []
    for weekday, intervals in sorted(week.items()):
        before: time | None = None
        for opens, closes in sorted(intervals):
            if before is not None and opens < before:
                raise UnableToSetHours(OVERLAP, weekday)
            before = closes
            rows.append(_row(unit, weekday, opens, closes, valid_from, at))
    OpeningHours.objects.bulk_create(rows)
    record(HoursChanged(subject=unit.ref, on=valid_from), actor=actor, at=at)
    return rows


def _row(
    unit: OrgUnit, weekday: int, opens: time, closes: time, valid_from: date, at: datetime
) -> OpeningHours:
    row = OpeningHours(
        unit=unit,
        weekday=weekday,
        opens=opens,
        closes=closes,
        valid_from=valid_from,
        created_at=at,
    )
    try:
        row.full_clean(validate_constraints=False, exclude=["unit"])
    except ValidationError as error:
        text = f"{Weekday(weekday).label}: {' '.join(error.messages)}"
        raise UnableToSetHours(text, weekday) from error
    return row
