"""What the import desk shows: which files of a day are there, which are due or late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from brokerage.core.clock import day_begins
from brokerage.reference.models import Rule
from holdings.dated import FILES_DUE, expected_files
from holdings.models import CounterDay, CounterFile, UnknownAccount
from holdings.selectors.averages import days_before, trading_days
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
    """A trading day with its slots; `asked` while the worker is to fetch its files.

    `differing` holdings do not follow from the day before and the trades, nor does the money of
    `moved` accounts; None: not compared.
    """

    day: date
    slots: list[Slot]
    asked: bool = False
    differing: int | None = None
    moved: int | None = None

    def was_compared(self, wanted: str) -> bool:
        """Whether this is the `wanted` day, such as 2026-03-02, and something was compared."""
        compared = self.differing is not None or self.moved is not None
        return self.day.isoformat() == wanted and compared

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return all(slot.taken for slot in self.slots)

    @property
    def settled(self) -> bool:
        """Whether the desk has nothing to look at or to wait for."""
        return self.complete and not self.asked and not self.differing


def desk_days(until: date, n: int) -> list[Day]:
    """The last `n` trading days up to `until`, newest first; five queries.

    A day has the files that are expected of it, and any other that came.

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
    rows = {row.day: row for row in CounterDay.objects.filter(day__in=days)}
    expected = expected_files(days)
    return [
        Day(
            day,
            [
                Slot(kind, newest.get((day, kind)), _due(day, minutes))
                for kind in FileKind
                if kind in expected[day] or (day, kind) in newest
            ],
            day in rows and rows[day].asked_at is not None,
            rows[day].differing if day in rows else None,
            rows[day].moved if day in rows else None,
        )
        for day in reversed(days)
    ]


def unknown_accounts() -> int:
    """How many open accounts the counter named whose customer is not kept here; one query."""
    return UnknownAccount.objects.filter(closed_on=None).count()


def days_lacking_files(first: date, last: date) -> list[date]:
    """Trading days from `first` to `last` that lack a file they should have; three queries."""
    taken: dict[date, set[str]] = {}
    rows = CounterFile.objects.taken().filter(day__range=(first, last))
    for day, kind in rows.values_list("day", "kind"):
        taken.setdefault(day, set()).add(kind)
    expected = expected_files(trading_days(first, last))
    return [day for day, kinds in expected.items() if not kinds <= taken.get(day, set())]


def _due(day: date, minutes: int) -> datetime:
    return day_begins(day) + timedelta(minutes=minutes)
