"""A day whose files have not arrived is told; it makes nobody poorer for good."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import translation

from brokerage.core import clock
from brokerage.core.display import formats
from brokerage.reference.calendars import add_trading_days
from holdings import tasks
from holdings.selectors.averages import days_before, late_days, measured_tier
from holdings.shown import in_words
from holdings.states import FileKind, Tier
from holdings.use_cases.measure_assets import measure_assets
from suitability.rules.reasons import Code
from suitability.selectors.permissions import ways_of
from tests.holdings.factories import AT, MON, TUE, WED, a_day, a_file, an_account, securities, take

pytestmark = pytest.mark.django_db


def test_a_day_is_late_once_an_earlier_one_came_and_until_its_last_valued_file():
    account = an_account()
    securities()
    assert late_days(MON, WED) == []
    a_day(account, TUE, value="100")
    assert late_days(MON, WED) == [WED], "before the first file nothing is late"
    for kind in (FileKind.POSITIONS, FileKind.CASH):
        take(a_file(kind, [], day=WED))
    assert late_days(MON, WED) == [WED]
    take(a_file(FileKind.MARGIN, [], day=WED))
    assert late_days(MON, WED) == []


def test_no_tier_falls_because_a_file_has_not_arrived():
    account = an_account()
    securities()
    a_day(account, MON, value="3000000")
    measure_assets(at=AT)
    assert measured_tier(account.customer) == Tier.FULL
    a_day(account, WED, value="1")
    account.customer.asset_snapshots.filter(day=MON).update(securities=0, cash=0, counted=0)
    assert measure_assets(at=AT) == 0, "Tuesday is missing"
    a_day(account, TUE, value="1")
    assert measure_assets(at=AT) == 1
    assert measured_tier(account.customer) == Tier.BASIC


def test_the_distance_tells_the_day_and_asks_for_no_deposit_in_its_place():
    account = an_account()
    securities()
    a_day(account, MON, value="90000", cash="0")
    on = add_trading_days(MON, 2)
    average = next(
        each
        for each in ways_of(account.customer, on, key="chinext")[0].distance.conditions
        if each.kind == "average"
    )
    said = {each.code: each.parameters for each in average.reasons}
    assert said[Code.AVERAGE_WAITS]["date"] == TUE.isoformat()
    assert said[Code.DEPOSIT_MUST_STAY]["missing"] == "10000"


def test_a_late_day_is_asked_for_as_long_as_the_counter_keeps_it(monkeypatch: pytest.MonkeyPatch):
    account = an_account()
    securities()
    a_day(account, MON, value="1")
    asked: list[str] = []
    monkeypatch.setattr(tasks.bring, "defer", lambda *, day, by="": asked.append(day))

    def ask_on(day: date) -> set[str]:
        asked.clear()
        monkeypatch.setattr(clock, "today", lambda: day)
        tasks.bring_missing(0)
        return set(asked)

    assert TUE.isoformat() in ask_on(TUE + timedelta(days=25))
    assert TUE.isoformat() not in ask_on(TUE + timedelta(days=31))


def test_many_late_days_are_told_shortly():
    days = days_before(MON, 13)
    with translation.override("en"):
        assert in_words(days[:2]).count(",") == 1
        assert in_words(days).endswith(" and 3 days before")
        assert in_words(days).startswith(formats.day(days[3]))
