"""Quarters of a calendar year, by which goals are set. No clock, no database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

TEXT = re.compile(r"(?P<year>20\d\d)Q(?P<number>[1-4])", re.ASCII)


@dataclass(frozen=True, order=True)
class Quarter:
    """One quarter; `str` gives "2026Q1"."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def after(self) -> date:
        """The first day that is not of it any more."""
        return self.shifted(1).first

    def shifted(self, by: int) -> Quarter:
        """So many quarters later, or earlier where `by` is negative."""
        index = 4 * self.year + self.number - 1 + by
        return Quarter(index // 4, index % 4 + 1)


def quarter_of(day: date) -> Quarter:
    """The quarter of a day."""
    return Quarter(day.year, (day.month + 2) // 3)


def parse_quarter(text: str) -> Quarter | None:
    """A quarter as `str` gives it; None for anything else."""
    found = TEXT.fullmatch(text)
    return Quarter(int(found["year"]), int(found["number"])) if found else None
