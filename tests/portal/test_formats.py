"""Money, dates and clocks in each language's habit."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from brokerage.core.clock import SHANGHAI
from brokerage.core.display import charts, formats, promise
from brokerage.core.templatetags import portal

NOON = datetime(2026, 3, 12, 12, 0, tzinfo=SHANGHAI)


def plain(text: object) -> str:
    return str(text).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (Decimal("12.5"), "12.50 元", "CNY 12.50"),
        (Decimal("1234567.005"), "1,234,567.01 元", "CNY 1,234,567.01"),
        (Decimal("-0.5"), "−0.50 元", "CNY −0.50"),
        (0, "0.00 元", "CNY 0.00"),
    ],
)
def test_money(value, chinese, english) -> None:
    with translation.override("zh-hans"):
        assert plain(formats.money(value)) == chinese
    with translation.override("en"):
        assert plain(formats.money(value)) == english


def test_days_and_moments() -> None:
    with translation.override("zh-hans"):
        assert plain(formats.day(date(2026, 3, 12), year=False)) == "3 月 12 日"
        assert plain(formats.day(date(2026, 3, 12), year=True)) == "2026 年 3 月 12 日"
    with translation.override("en"):
        assert plain(formats.day(date(2026, 3, 12), year=False)) == "12 March"
        assert plain(formats.day(date(2026, 3, 12), year=True)) == "12 March 2026"


def test_an_instant_is_shown_in_shanghai() -> None:
    late = datetime.fromisoformat("2026-03-12T20:30:00+00:00")

    assert formats.time(late) == "04:30"
    with translation.override("en"):
        assert plain(formats.day(late, year=False)) == "13 March"


@pytest.mark.parametrize(
    ("minutes", "english", "chinese"),
    [
        (0.2, "1 minute", "1 分钟"),
        (38, "38 minutes", "38 分钟"),
        (60, "1 hour", "1 小时"),
        (125, "2 hours 5 minutes", "2 小时 5 分钟"),
        (24 * 60 + 30, "1 day", "1 天"),
        (50 * 60, "2 days 2 hours", "2 天 2 小时"),
    ],
)
def test_durations(minutes, english, chinese) -> None:
    length = timedelta(minutes=minutes)
    with translation.override("en"):
        assert formats.duration(length) == english
    with translation.override("zh-hans"):
        assert formats.duration(length) == chinese


@pytest.mark.parametrize(
    ("share", "text"),
    [("0.00025", "0.025%"), ("0.1", "10%"), ("1", "100%"), ("0", "0%"), ("-0.015", "−1.5%")],
)
def test_rates(share, text) -> None:
    assert formats.rate(Decimal(share)) == text


def test_a_change_of_price_never_speaks_by_colour_alone() -> None:
    assert "▲" in portal.change(Decimal("0.0126"))
    assert "+1.26%" in portal.change(Decimal("0.0126"))
    assert "▼" in portal.change(Decimal("-0.0084"))
    assert "−0.84%" in portal.change(Decimal("-0.0084"))
    assert portal.change(Decimal(0)) == "— 0.00%"


def face(minutes: float, **values) -> promise.Face:
    with translation.override("en"):
        return promise.face(NOON + timedelta(minutes=minutes), NOON, **values)


def test_a_clock_says_until_when() -> None:
    shown = face(38)

    assert (shown.state, shown.left) == ("running", 63)
    assert (shown.headline, shown.detail) == ("By 12:38", "38 minutes left")


def test_a_clock_is_soon_in_the_last_quarter_of_an_hour() -> None:
    assert [face(16).state, face(15).state, face(0).state] == ["running", "soon", "soon"]


def test_a_missed_promise_is_said_aloud_with_its_new_time() -> None:
    shown = face(-6, new_due_at=NOON + timedelta(minutes=30))

    assert (shown.state, shown.headline) == ("late", "6 minutes late")
    assert shown.detail == "New time 12:30"


def test_a_new_time_that_has_passed_too_is_not_promised_again() -> None:
    assert face(-60, new_due_at=NOON - timedelta(minutes=5)).detail == ""


def test_a_paused_clock_says_why() -> None:
    shown = face(-600, paused="Waiting for your card")

    assert (shown.state, shown.detail) == ("paused", "Waiting for your card")


@pytest.mark.parametrize(
    ("kept", "state", "detail"),
    [(10, "kept", "10 minutes earlier"), (45, "late", "25 minutes later")],
)
def test_a_promise_ends_kept_or_late(kept, state, detail) -> None:
    with translation.override("en"):
        shown = promise.face(
            NOON + timedelta(minutes=20), NOON, kept_at=NOON + timedelta(minutes=kept)
        )

    assert shown.state == state
    assert shown.detail.startswith(detail)


def test_tomorrow_is_called_tomorrow() -> None:
    assert plain(face(20 * 60).headline) == "By tomorrow 08:00"
    assert plain(face(72 * 60).headline) == "By 15 March, 12:00"


def test_a_promise_made_and_due_at_once_draws_no_ring() -> None:
    assert face(5, started_at=NOON + timedelta(minutes=5)).left == 0


@pytest.mark.parametrize("values", [[], [Decimal(3)], [Decimal(5)] * 4, [Decimal(-1), Decimal(2)]])
def test_charts_stay_in_their_box(values) -> None:
    line = charts.line(values)
    bars, zero = charts.bars(values)
    heights = [float(part.split()[1]) for part in line.line[1:].split(" L") if part]

    assert all(0 <= height <= charts.HEIGHT for height in heights)
    assert all(float(bar.y) + float(bar.height) <= charts.HEIGHT for bar in bars)
    assert 0 <= float(zero) <= charts.HEIGHT
