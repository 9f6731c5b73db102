"""What is the same for everybody is read once in some seconds, and then again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from brokerage.core import trusted as module
from brokerage.core.trusted import trusted


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, settings: Any) -> SimpleNamespace:
    settings.REFERENCE_KEPT_SECONDS = 20
    turned = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: turned.now))
    return turned


def test_it_is_read_once_in_twenty_seconds_for_each_key(clock: SimpleNamespace) -> None:
    asked: list[str] = []

    @trusted
    def names(language: str) -> int:
        asked.append(language)
        return len(asked)

    assert [names("en"), names("zh-hans"), names("en")] == [1, 2, 1]
    clock.now += 19
    assert names("en") == 1
    clock.now += 1
    assert names("en") == 3


def test_what_failed_is_asked_again(clock: SimpleNamespace) -> None:
    known: dict[str, int] = {}
    look = trusted(known.__getitem__)
    with pytest.raises(KeyError):
        look("a")
    known["a"] = 7
    assert look("a") == 7


def test_it_keeps_no_more_than_so_many(
    clock: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    asked: list[int] = []
    look = trusted(asked.append)
    for key in (1, 2, 3, 3, 1):
        look(key)
    assert asked == [1, 2, 3, 1]
