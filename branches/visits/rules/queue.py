"""Who is next at the counter, and how long the others wait. No clock, no database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Somebody in the queue.

    Attributes:
        id: of the visit.
        arrived_at: when the ticket was drawn.
        booked_at: the time that was booked; None for a walk-in.
        minutes: how long the purpose takes.
        priority: goes before others who walked in (aged 70 or more, disabled, pregnant).
    """

    id: int
    arrived_at: datetime
    booked_at: datetime | None = None
    minutes: int = 15
    priority: bool = False


def turn_of(one: Waiting, grace: timedelta) -> datetime:
    """The instant from which this ticket has a claim to be served.

    Whoever booked has it from the booked time, however early they came; whoever came later
    than the grace allows joins like a walk-in, from the arrival.
    """
    if one.booked_at is None or one.arrived_at > one.booked_at + grace:
        return one.arrived_at
    return one.booked_at


def in_order(queue: Iterable[Waiting], *, at: datetime, grace: timedelta) -> list[Waiting]:
    """The queue as it will be called.

    First booked visits whose time has come, by that time; then walk-ins, those with priority
    first, by arrival; then those who booked for later.
    """

    def key(one: Waiting) -> tuple[int, datetime, int]:
        turn = turn_of(one, grace)
        if one.booked_at is not None and turn == one.booked_at:
            return (0 if turn <= at else 3, turn, one.id)
        return (1 if one.priority else 2, turn, one.id)

    return sorted(queue, key=key)


def next_of(
    queue: Iterable[Waiting], *, at: datetime, grace: timedelta, free_until: datetime | None
) -> Waiting | None:
    """Whom somebody calls who is free until `free_until` (None: for the rest of the day).

    A walk-in that would run into the next booked visit is passed over, so that the booked
    customer is served on time; a booked visit whose time has come never is.
    """
    for one in in_order(queue, at=at, grace=grace):
        due = one.booked_at is not None and one.booked_at <= at
        fits = free_until is None or at + timedelta(minutes=one.minutes) <= free_until
        if due or fits:
            return one
    return None


def minutes_to_wait(ahead: Sequence[Waiting], counters: int) -> int:
    """About how long a new ticket waits behind `ahead` at this many counters; whole minutes.

    Without a counter there is no answer: the caller says so instead of showing a figure.

    Raises:
        ValueError: when nobody serves.
    """
    if counters < 1:
        raise ValueError("Nobody serves.")
    return -(-sum(one.minutes for one in ahead) // counters)
