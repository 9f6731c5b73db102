"""Free times of one outlet on one day, from hours, people, rooms and what is taken already.

Times are minutes since midnight in Shanghai; a span is half-open. No clock, no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Span = tuple[int, int]
Spans = Sequence[Span]
NOTHING: Spans = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that can be had: who serves, and in which room (None where none is needed)."""

    start: int
    end: int
    person: int
    room: int | None


@dataclass(frozen=True, kw_only=True)
class Day:
    """What one outlet has on one day.

    Attributes:
        hours: when it is open.
        people: ids of those who can serve the purpose and are on duty.
        rooms: ids of the rooms of the right kind; None when the purpose needs none.
        busy: taken spans by person.
        occupied: taken spans by room.
        earliest: no start before this minute.
    """

    hours: Spans
    people: Sequence[int]
    rooms: Sequence[int] | None = None
    busy: Mapping[int, Spans] = field(default_factory=dict)
    occupied: Mapping[int, Spans] = field(default_factory=dict)
    earliest: int = 0


def free_slots(day: Day, *, minutes: int, step: int) -> list[Slot]:
    """One slot for each possible start, in order of time.

    Starts lie on a grid of `step` minutes from each opening. Among those who are free, the one
    with the least work that day serves, so that work spreads; equal load goes by id.

    Args:
        minutes: how long the purpose takes.
        step: distance of two starts.

    Raises:
        ValueError: when a length is not positive.
    """
    if minutes <= 0 or step <= 0:
        raise ValueError("A visit and the grid have a positive length.")
    if not day.people or day.rooms == []:
        return []
    order = sorted(day.people, key=lambda one: (_load(day.busy.get(one, NOTHING)), one))
    found = []
    for opens, closes in day.hours:
        for start in range(opens, closes - minutes + 1, step):
            if start < day.earliest:
                continue
            person = _first_free(order, day.busy, start, start + minutes)
            if person is None:
                continue
            room = None
            if day.rooms is not None:
                room = _first_free(day.rooms, day.occupied, start, start + minutes)
                if room is None:
                    continue
            found.append(Slot(start, start + minutes, person, room))
    return found


def slot_at(day: Day, start: int, *, minutes: int, step: int) -> Slot | None:
    """The slot that begins at `start`; None where that time cannot be had."""
    return next((s for s in free_slots(day, minutes=minutes, step=step) if s.start == start), None)


def _first_free(
    ids: Iterable[int], taken: Mapping[int, Spans], start: int, end: int
) -> int | None:
    for one in ids:
        if all(end <= begins or ends <= start for begins, ends in taken.get(one, NOTHING)):
            return one
    return None


def _load(spans: Spans) -> int:
    return sum(end - start for start, end in spans)
