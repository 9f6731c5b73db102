"""Steps of a fee as people write them: `0: 1.2%`, `5000000: 1000`."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

LINE = re.compile(r"(?P<start>\d[\d,]*)\s*:\s*(?P<value>\d+(?:\.\d+)?)\s*(?P<percent>%)?")


class BadLine(ValueError):
    """A line cannot be read.

    Attributes:
        number: of the line, from 1.
    """

    def __init__(self, number: int) -> None:
        super().__init__(f"line {number}")
        self.number = number


def read_lines(text: str) -> list[dict[str, str]]:
    """The steps as terms keep them; `%` makes a rate, without it yuan each time.

    Args:
        text: one step a line, or between semicolons.

    Raises:
        BadLine: names the first line that has another form.
    """
    plain = unicodedata.normalize("NFKC", text).replace(";", "\n")
    steps = []
    lines = [line.strip() for line in plain.splitlines() if line.strip()]
    for number, line in enumerate(lines, 1):
        found = LINE.fullmatch(line)
        if found is None:
            raise BadLine(number)
        start = found["start"].replace(",", "")
        if found["percent"]:
            steps.append({"from": start, "rate": _share(found["value"])})
        else:
            steps.append({"from": start, "flat": found["value"]})
    return steps


def _share(percent: str) -> str:
    """1.2 per cent as 0.012, exactly."""
    return format(Decimal(percent).scaleb(-2), "f")
