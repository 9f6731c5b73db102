"""The promise clock: what was promised, how much time is left, and in which words.

It neither blinks nor counts seconds. Late is said aloud, with a new time if there is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from brokerage.core.display import formats

SOON = timedelta(minutes=15)
RING = timedelta(hours=1)  # a full ring, where the start is not known


@dataclass(frozen=True)
class Face:
    """What the clock shows.

    Attributes:
        state: running, soon, late, paused or kept.
        left: share of the ring that is drawn, 0 to 100.
        headline: the promise.
        detail: how long still, why not, or how it ended; may be empty.
    """

    state: str
    left: int
    headline: str
    detail: str


def face(
    due_at: datetime,
    now: datetime,
    *,
    started_at: datetime | None = None,
    kept_at: datetime | None = None,
    paused: str = "",
    new_due_at: datetime | None = None,
    full: bool = False,
) -> Face:
    """The face of a promise at `now`.

    Args:
        due_at: the promised instant.
        now: the present instant.
        started_at: when the promise was given; the ring is then the share of that time.
        kept_at: when the thing was done; ends the promise.
        paused: why the clock stands still, translated; empty when it runs.
        new_due_at: the new promise after a missed one.
        full: a whole sentence as the headline.
    """
    if kept_at is not None:
        return _done(due_at, kept_at, now)
    if paused:
        return Face("paused", 100, _("On hold"), paused)
    if now > due_at:
        return _late(due_at, now, new_due_at)
    rest = due_at - now
    headline = _("Result by {time}") if full else _("By {time}")
    return Face(
        "soon" if rest <= SOON else "running",
        _share(rest, due_at - started_at if started_at else RING),
        headline.format(time=formats.near(due_at, now)),
        _("{duration} left").format(duration=formats.duration(rest)),
    )


def _done(due_at: datetime, kept_at: datetime, now: datetime) -> Face:
    headline = _("Done at {time}").format(time=formats.near(kept_at, now))
    if kept_at > due_at:
        detail = _("{duration} later than promised")
        return Face("late", 100, headline, detail.format(duration=_apart(due_at, kept_at)))
    detail = _("{duration} earlier than promised")
    return Face("kept", 100, headline, detail.format(duration=_apart(kept_at, due_at)))


def _late(due_at: datetime, now: datetime, new_due_at: datetime | None) -> Face:
    headline = _("{duration} late").format(duration=_apart(due_at, now))
    detail = ""
    if new_due_at is not None and new_due_at > now:
        detail = _("New time {time}").format(time=formats.near(new_due_at, now))
    return Face("late", 100, headline, detail)


def _apart(earlier: datetime, later: datetime) -> str:
    return formats.duration(later - earlier)


def _share(rest: timedelta, whole: timedelta) -> int:
    if whole <= timedelta(0):
        return 0
    return max(1, min(100, round(100 * (rest / whole))))
