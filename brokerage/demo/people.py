"""Names for the demonstration: the same in every build."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "data" / "names.yaml"


@dataclass(frozen=True)
class Name:
    """One person's name in both scripts."""

    zh: str
    en: str

    @property
    def both(self) -> str:
        """As staff are shown: 沈知行 Shen Zhixing."""
        return f"{self.zh} {self.en}"


def name(number: int) -> Name:
    """The name of person `number`; two numbers below 4,862 never share one."""
    # the lengths of the three lists (34, 11, 13) have no common factor: no triple comes twice
    surname, first, second = (parts[number % len(parts)] for parts in _parts())
    return Name(surname[0] + first[0] + second[0], f"{surname[1]} {first[1]}{second[1]}")


@cache
def _parts() -> list[list[tuple[str, str]]]:
    lists = yaml.safe_load(FILE.read_text())
    return [
        [(part.split()[0], part.split()[1]) for part in lists[key].split(",")]
        for key in ("surnames", "first", "second")
    ]
