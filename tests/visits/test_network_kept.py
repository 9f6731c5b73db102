"""A process trusts the network that it read for some seconds, and then reads it again."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from branches.finder import outlets
from tests.visits.factories import MONDAY, an_outlet, at

pytestmark = pytest.mark.django_db
NOW = at(10)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, settings: Any) -> SimpleNamespace:
    settings.OUTLETS_KEPT_SECONDS = 20
    turned = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(outlets, "time", SimpleNamespace(monotonic=lambda: turned.now))
    monkeypatch.setattr(outlets, "_kept", {})
    return turned


def test_the_network_is_read_once_in_twenty_seconds(
    clock: SimpleNamespace, django_assert_num_queries: Any
) -> None:
    an_outlet()
    first = outlets.all_outlets(NOW)
    an_outlet()
    clock.now += 19
    with django_assert_num_queries(0):
        assert outlets.all_outlets(NOW) == first
    clock.now += 1
    assert len(outlets.all_outlets(NOW)) == len(first) + 1


def test_what_one_reader_is_told_is_not_the_next_ones(clock: SimpleNamespace) -> None:
    an_outlet()
    for line in outlets.search(outlets.all_outlets(NOW), outlets.Wish(near=(116.4, 39.9))):
        line.km = 7.0
    assert [line.km for line in outlets.all_outlets(NOW)] == [None]


def test_another_hour_and_another_day_are_told_rightly(clock: SimpleNamespace) -> None:
    an_outlet()
    (open_one,) = outlets.all_outlets(NOW)
    (shut,) = outlets.all_outlets(at(3))
    assert (open_one.open_now, shut.open_now) == (True, False)
    (sunday,) = outlets.all_outlets(at(10, day=MONDAY + timedelta(days=6)))
    assert (sunday.open_now, sunday.hours) == (False, [])
