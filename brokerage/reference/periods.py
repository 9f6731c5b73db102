"""Calendar periods such as 20 years or 90 days, written as in ISO 8601 (P20Y, P6M, P90D)."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

# Days are not mixed with months: counting forth and back would not meet.
_FORM = re.compile(r"P(?:(\d{1,3})Y)?(?:(\d{1,3})M)?|P(\d{1,5})D")


@dataclass(frozen=True)
class Period:
    """So many years, months and days."""

    years: int = 0
    months: int = 0
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `P20Y`, `P1Y6M` or `P90D`.

        Raises:
            ValueError: for another form or an empty period.
        """
        found = _FORM.fullmatch(text)
        years, months, days = found.groups() if found else (None,) * 3
        period = cls(int(years or 0), int(months or 0), int(days or 0))
        if period == cls():
            raise ValueError(f"{text!r} is no period such as P20Y, P6M or P90D.")
        return period

    def after(self, day: date) -> date:
        """The date this period after `day`; 29 February becomes 1 March where it has to."""
        return _shift(day, self.years * 12 + self.months, late=True) + timedelta(self.days)

    def before(self, day: date) -> date:
        """The date this period before `day`; 31 May less three months is 28 February."""
        return _shift(day, -self.years * 12 - self.months, late=False) - timedelta(self.days)

    def __str__(self) -> str:
        pairs = ((self.years, "Y"), (self.months, "M"), (self.days, "D"))
        return "P" + "".join(f"{number}{letter}" for number, letter in pairs if number)


def _shift(day: date, months: int, *, late: bool) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    length = calendar.monthrange(year, month)[1]
    if day.day <= length:
        return day.replace(year=year, month=month)
    return date(year, month, length) + timedelta(1 if late else 0)
