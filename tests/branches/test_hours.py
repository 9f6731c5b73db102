"""Opening hours: weekdays, holidays, exceptions, and what the database refuses."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from branches.models import HoursException, OpeningHours
from branches.selectors import hours_of, hours_on
from branches.use_cases.set_hours import UnableToSetHours, set_hours
from tests.branches.factories import ACTOR, LONG_AGO, OPENED, make_unit

pytestmark = pytest.mark.django_db
MONDAY, SATURDAY = date(2026, 3, 2), date(2026, 3, 7)
NATIONAL_DAY = date(2026, 10, 1)
BEYOND = date(2031, 3, 3)
MORNING, AFTERNOON = (time(9), time(11, 30)), (time(13), time(17))
WEEK = {day: [MORNING, AFTERNOON] for day in range(1, 6)}


def an_open_unit(week=WEEK, valid_from=OPENED, **values):
    unit = make_unit(**values)
    set_hours(unit=unit, week=week, valid_from=valid_from, actor=ACTOR, at=LONG_AGO)
    return unit


def test_a_weekday_has_its_hours_in_order():
    unit = an_open_unit({1: [AFTERNOON, MORNING]})

    found = hours_on(unit, MONDAY)

    assert found.intervals == (MORNING, AFTERNOON)
    assert found.is_usual
    assert found.is_certain
    assert hours_on(unit, SATURDAY).is_closed


@pytest.mark.parametrize(
    ("hour", "minute", "is_open"),
    [(0, 59, False), (1, 0, True), (3, 29, True), (3, 30, False), (9, 0, False)],
)
def test_open_now_is_asked_in_shanghai(hour, minute, is_open):
    found = hours_on(an_open_unit(), MONDAY)

    assert found.open_at(datetime(2026, 3, 2, hour, minute, tzinfo=UTC)) is is_open


def test_a_holiday_closes_and_says_its_name():
    found = hours_on(an_open_unit(), NATIONAL_DAY)

    assert found.is_closed
    assert "National Day" in found.note


def test_an_exception_counts_before_the_holiday_and_before_the_weekday():
    unit = an_open_unit()
    HoursException.objects.create(
        unit=unit,
        day=NATIONAL_DAY,
        opens=time(10),
        closes=time(12),
        note_en="On duty",
        note_zh="值班",
    )
    HoursException.objects.create(unit=unit, day=MONDAY, note_en="Stocktaking", note_zh="盘点")

    assert hours_on(unit, NATIONAL_DAY).intervals == ((time(10), time(12)),)
    assert hours_on(unit, MONDAY).is_closed
    assert hours_on(unit, MONDAY).note == "Stocktaking"


def test_hours_beyond_the_announced_calendar_are_not_certain():
    found = hours_on(an_open_unit(), BEYOND)

    assert found.intervals == (MORNING, AFTERNOON)
    assert not found.is_certain


def test_a_unit_that_is_not_open_yet_has_no_hours():
    unit = an_open_unit(opened_on=date(2026, 3, 3), valid_from=date(2026, 3, 3))

    assert hours_on(unit, MONDAY).is_closed
    assert not hours_on(unit, date(2026, 3, 3)).is_closed


def test_new_hours_end_the_old_ones_and_keep_them_on_record():
    unit = an_open_unit()
    set_hours(unit=unit, week={1: [MORNING]}, valid_from=MONDAY, actor=ACTOR, at=LONG_AGO)

    assert hours_on(unit, date(2026, 2, 2)).intervals == (MORNING, AFTERNOON)
    assert hours_on(unit, MONDAY).intervals == (MORNING,)


def test_many_units_take_two_queries(django_assert_num_queries):
    units = [an_open_unit() for _ in range(5)]

    with django_assert_num_queries(2):
        found = hours_of(units, MONDAY)

    assert all(not found[unit.pk].is_closed for unit in units)


@pytest.mark.parametrize(
    ("intervals", "message"),
    [
        ([(time(9), time(12)), (time(11), time(14))], "overlap"),
        ([(time(22), time(2))], "over midnight"),
        ([(time(9), time(9))], "over midnight"),
    ],
)
def test_hours_that_contradict_are_refused_with_their_day(intervals, message):
    unit = make_unit()

    with pytest.raises(UnableToSetHours, match=message) as refused:
        set_hours(unit=unit, week={3: intervals}, valid_from=OPENED, actor=ACTOR, at=LONG_AGO)

    assert refused.value.weekday == 3
    assert not OpeningHours.objects.exists()


def test_hours_that_touch_do_not_overlap():
    unit = an_open_unit({2: [(time(9), time(12)), (time(12), time(14))]})

    assert len(hours_on(unit, date(2026, 3, 3)).intervals) == 2


def test_the_database_refuses_overlapping_hours():
    unit = an_open_unit({2: [(time(9), time(12))]})
    wrong = OpeningHours(
        unit=unit, weekday=2, opens=time(11), closes=time(13), valid_from=date(2026, 1, 1)
    )

    with pytest.raises(ValidationError, match="overlap"):
        wrong.full_clean()
    with pytest.raises(IntegrityError, match="hours_of_a_weekday_do_not_overlap"):
        wrong.save()


def test_a_closed_day_excludes_hours_of_the_same_day():
    unit = make_unit()
    HoursException.objects.create(unit=unit, day=MONDAY)

    with transaction.atomic(), pytest.raises(IntegrityError, match="do_not_overlap"):
        HoursException.objects.create(unit=unit, day=MONDAY, opens=time(9), closes=time(10))


def test_half_an_exception_is_refused_by_the_database():
    with pytest.raises(IntegrityError, match="over_midnight"):
        HoursException.objects.create(unit=make_unit(), day=MONDAY, opens=time(9))


def test_the_form_says_beside_the_field_what_is_wrong():
    late = HoursException(unit=make_unit(), day=MONDAY, opens=time(22), closes=time(2))
    half = HoursException(unit=make_unit(), day=MONDAY, opens=time(22))

    for row in (late, half):
        with pytest.raises(ValidationError) as refused:
            row.full_clean()
        assert "closes" in refused.value.message_dict
