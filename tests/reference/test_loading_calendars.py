"""Loading days: two forms, all or nothing, announced before provisional, the firm first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from brokerage.reference.calendars import is_trading_day, is_working_day
from brokerage.reference.loading import SHIPPED, BadFile
from brokerage.reference.models import CalendarDay, Market, Origin
from brokerage.reference.use_cases.load_calendar import load_calendar
from tests.reference.factories import SHARED, write

SB = Market.SOUTHBOUND
CLOSURES = "market,kind,first_day,last_day,name_zh,name_en,provisional,source\n"
YEAR = "SB,year,2030-01-01,2030-12-31,,,0,notice\n"
DAYS = "date,iso_weekday,day_type,holiday_en,is_trading_day\n"
FEBRUARY = (
    "2030-02-01,5,workday,,0\n"  # an odd closure
    "2030-02-02,6,weekend,,0\n"
    "2030-02-03,7,adjusted_workday,Spring Festival,0\n"
    "2030-02-04,1,public_holiday,Spring Festival,0\n"
    "2030-02-05,2,workday,,1\n"
)

pytestmark = pytest.mark.django_db


def sb() -> list[CalendarDay]:
    return list(CalendarDay.objects.filter(market=SB))


def test_closures_are_spelt_out_day_by_day(tmp_path):
    path = write(
        tmp_path,
        CLOSURES
        + YEAR
        + "SB,holiday,2030-05-01,2030-05-03,劳动节,Labour Day,0,notice\n"
        + "SB,workday,2030-05-04,2030-05-04,劳动节,Labour Day,0,notice\n"
        + "SB,no_trading,2030-12-24,2030-12-24,平安夜,Christmas Eve,0,notice\n",
    )
    assert str(load_calendar(path)) == "365 added"
    days = {row.day: row for row in sb()}
    assert not days[date(2030, 5, 2)].is_working
    assert (days[date(2030, 5, 4)].is_working, days[date(2030, 5, 4)].is_trading) == (True, False)
    eve = days[date(2030, 12, 24)]
    assert (eve.is_working, eve.is_trading, eve.name_zh) == (True, False, "平安夜")
    assert days[date(2030, 12, 25)].is_trading
    assert not days[date(2030, 12, 28)].is_working


def test_single_days_are_taken_as_they_stand(tmp_path):
    path = write(tmp_path, DAYS + FEBRUARY)
    assert load_calendar(path, market=SB, source="list").added == 5
    flags = [(row.is_working, row.is_trading) for row in sb()]
    assert flags == [(True, False), (False, False), (True, False), (False, False), (True, True)]
    assert {row.source for row in sb()} == {"list"}


def test_a_second_load_changes_nothing(tmp_path):
    path = write(tmp_path, DAYS + FEBRUARY)
    load_calendar(path, market=SB)
    again = load_calendar(path, market=SB)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 5)


def test_announced_days_replace_provisional_ones_and_never_the_other_way_round(tmp_path):
    announced = write(tmp_path, CLOSURES + YEAR, "announced.csv")
    provisional = write(tmp_path, CLOSURES + YEAR.replace(",0,", ",1,"), "provisional.csv")
    load_calendar(provisional)
    assert all(row.is_provisional for row in sb())
    assert load_calendar(announced).changed == 365
    assert load_calendar(provisional).kept == 365
    assert not any(row.is_provisional for row in sb())


def test_the_release_does_not_undo_a_closure_that_the_firm_loaded(tmp_path):
    storm = date(2026, 9, 3)
    assert is_trading_day(storm)
    path = write(tmp_path, DAYS + "2026-09-03,4,workday,,0\n")
    assert load_calendar(path, source="notice of 2026-09-02").changed == 1
    assert not is_trading_day(storm)
    again = load_calendar(SHIPPED / "calendar.csv", origin=Origin.RELEASE)
    assert again.kept == 1
    assert again.changed == 0
    assert not is_trading_day(storm)
    assert is_working_day(storm)


def test_a_list_without_chinese_names_keeps_the_known_ones(tmp_path):
    path = write(tmp_path, DAYS + "2026-10-01,4,public_holiday,National day,0\n")
    load_calendar(path)
    day = CalendarDay.objects.get(market=Market.CN, day=date(2026, 10, 1))
    assert (day.name_zh, day.name_en) == ("国庆节", "National day")


def test_a_gap_in_the_calendar_is_refused(tmp_path):
    load_calendar(write(tmp_path, DAYS + FEBRUARY), market=SB)
    later = write(tmp_path, DAYS + "2030-02-07,4,workday,,1\n", "later.csv")
    with pytest.raises(BadFile, match="gap"):
        load_calendar(later, market=SB)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is missing in the header"),
        ("day;type\n1;2\n", "is missing in the header"),
        (DAYS + "2030-02-30,6,workday,,1\n", "row 2, date: '2030-02-30' is no date"),
        (DAYS + "20300201,5,workday,,1\n", "is no date"),
        (DAYS + "2030-02-01,5,feast,,1\n", "row 2, day_type: 'feast' is none of"),
        (DAYS + "2030-02-01,5,workday,,yes\n", "row 2, is_trading_day"),
        (DAYS + "2030-02-02,6,workday,,1\n", "is workday on a Saturday"),
        (DAYS + "2030-02-01,5,weekend,,0\n", "is weekend on a Friday"),
        (DAYS + "2030-02-04,1,public_holiday,,1\n", "is 1 on a public_holiday"),
        (DAYS + 2 * "2030-02-01,5,workday,,1\n", "row 3, date: stands in the file twice"),
        (DAYS + "2030-02-01,5,workday,1\n", "more or fewer cells"),
        (DAYS + '2030-02-01,5,"workday,,1\n', "is no CSV file"),
        (CLOSURES + "XX" + YEAR[2:], "row 2, market"),
        (CLOSURES + YEAR.replace("2030-12", "2029-12"), "is before first_day"),
        (CLOSURES + YEAR.replace("2030-12", "2090-12"), "more than 1830 days"),
        (CLOSURES + YEAR + YEAR, "the years overlap"),
        (CLOSURES + YEAR + "SB,holiday,2031-01-01,2031-01-01,元旦,x,0,n\n", "lies in no year"),
        (CLOSURES + YEAR + "SB,workday,2030-05-02,2030-05-02,a,b,0,n\n", "working day anyway"),
        (CLOSURES + YEAR + "SB,no_trading,2030-05-04,2030-05-04,a,b,0,n\n", "no trading day"),
        (CLOSURES + YEAR + 2 * "SB,holiday,2030-05-02,2030-05-02,a,b,0,n\n", "named twice"),
        (CLOSURES + YEAR + "SB,holiday,2030-05-02,2030-05-02,,,0,n\n", "name_zh: is empty"),
    ],
)
def test_a_wrong_file_is_refused_as_a_whole(tmp_path, text, message):
    before = CalendarDay.objects.count()
    with pytest.raises(BadFile) as refused:
        load_calendar(write(tmp_path, text), market=SB)
    assert message in str(refused.value)
    assert CalendarDay.objects.count() == before


def test_all_wrong_rows_are_named_at_once(tmp_path):
    text = DAYS + "x,5,workday,,1\n2030-02-02,6,weekend,,0\n2030-02-03,7,feast,,2\n"
    with pytest.raises(BadFile) as refused:
        load_calendar(write(tmp_path, text), market=SB)
    found = [(error.row, error.column) for error in refused.value.errors]
    assert found == [(2, "date"), (4, "day_type"), (4, "is_trading_day")]


def test_a_missing_or_binary_file_is_one_sentence(tmp_path):
    with pytest.raises(BadFile, match="cannot be read"):
        load_calendar(tmp_path / "none.csv")
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe\x00date")
    with pytest.raises(BadFile, match="cannot be read"):
        load_calendar(tmp_path / "x.csv")


def complete_lists() -> list[Path]:
    return [path for path in [SHARED / "calendar_2024_2026.csv"] if path.exists()]


@pytest.mark.parametrize("path", [SHIPPED / "calendar.csv", *complete_lists()], ids=str)
def test_every_known_calendar_gives_the_same_days(path):
    """The shipped closures say the same, day by day, as a complete list of days."""
    wanted = ("day", "is_trading", "is_working")
    announced = CalendarDay.objects.filter(market=Market.CN, is_provisional=False)
    before = list(announced.values_list(*wanted))
    assert len(before) == 1_096
    load_calendar(path, source="complete list")
    assert list(announced.values_list(*wanted)) == before


@pytest.mark.django_db(transaction=True)
def test_two_loads_at_once_take_turns(tmp_path):
    path = write(tmp_path, CLOSURES + YEAR)

    def load(_: int) -> int:
        try:
            return load_calendar(path).added
        finally:
            connection.close()

    try:
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(load, range(2))) == [0, 365]
    finally:  # reference tables outlive the flush
        CalendarDay.objects.filter(market=SB).delete()
