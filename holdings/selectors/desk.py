"""What the import desk shows: which files of a day are there, which are due or late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from brokerage.core.clock import day_begins
from brokerage.reference.models import Rule
from holdings.dated import FILES_DUE
from holdings.models import CounterFile
from holdings.selectors.averages import days_before
from holdings.states import FileKind, FileStatus


@dataclass(frozen=True)
class Slot:
    """One kind of file of a day: the newest file, if any came, and when it was due."""

    kind: FileKind
    file: CounterFile | None
    due_at: datetime

    @property
    def taken(self) -> bool:
        """Whether the day has its rows of this kind."""
        return self.file is not None and self.file.status == FileStatus.TAKEN

    def late(self, at: datetime) -> bool:
        """Whether it should have been taken by now."""
        return not self.taken and at > self.due_at


@dataclass(frozen=True)
class Day:
    """A trading day with its slots."""

    day: date
    slots: list[Slot]

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return all(slot.taken for slot in self.slots)


def desk_days(until: date, n: int) -> list[Day]:
    """The last `n` trading days up to `until`, newest first; three queries.

    Raises:
        NoRuleInForce: when no rule says when files are due.
    """
    days = days_before(until + timedelta(days=1), n)
    minutes = Rule.objects.in_force(FILES_DUE, until).figure
    newest: dict[tuple[date, str], CounterFile] = {}
    for file in CounterFile.objects.filter(day__in=days).order_by("revision", "pk"):
        key = (file.day, file.kind)
        if key not in newest or newest[key].status != FileStatus.TAKEN:
            newest[key] = file
    return [
        Day(
            day,
            [Slot(kind, newest.get((day, kind)), _due(day, minutes)) for kind in FileKind],
        )
        for day in reversed(days)
    ]


def kinds_missing(day: date) -> list[FileKind]:
    """The kinds of file that were not taken for `day`."""
    taken = set(CounterFile.objects.taken().filter(day=day).values_list("kind", flat=True))
    return [kind for kind in FileKind if kind not in taken]


def _due(day: date, minutes: int) -> datetime:
    return day_begins(day) + timedelta(minutes=minutes)
