"""Counters of tests: they offer what lies on them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from holdings import tasks
from holdings.gateways import Unavailable
from holdings.importing.reading import Announced
from tests.holdings.factories import pieces


class Shelf:
    """A counter that lists what it is given, hands out what it has, and notes what was asked."""

    def __init__(self, *files: tuple[Announced, bytes]) -> None:
        self.listed: list[Announced] = []
        self.content: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.add(*files)

    def add(self, *files: tuple[Announced, bytes]) -> None:
        """Lay more on it."""
        self.listed += [announced for announced, _content in files]
        self.content |= {announced.name: content for announced, content in files}

    def files(self, *, day: date, at: datetime) -> list[Announced]:
        return [each for each in self.listed if each.day == day]

    def read(self, announced: Announced, *, at: datetime) -> Iterator[bytes]:
        self.asked.append(announced.name)
        if announced.name not in self.content:
            raise Unavailable("HTTP 404")
        return pieces(self.content[announced.name])


def stand_in(monkeypatch: pytest.MonkeyPatch, *files: tuple[Announced, bytes]) -> Shelf:
    """A shelf in the place of the counter; what is queued runs at once."""
    shelf = Shelf(*files)
    monkeypatch.setattr(tasks, "counter_gateway", lambda: shelf)
    monkeypatch.setattr(tasks.bring, "defer", lambda **values: tasks.bring(**values))
    return shelf
