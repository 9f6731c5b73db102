"""Addresses and coordinates, dated and checked against the division."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError

from branches.models import OrgUnit, UnitProfile
from branches.rules.coordinates import Fit, distance_km, judge
from branches.selectors import profile_on
from branches.use_cases.set_profile import UnableToSetProfile, set_profile
from brokerage.journal.models import Entry
from tests.branches.factories import ACTOR, LONG_AGO, OPENED, make_division, make_unit

LIMITS = {"county": {"doubt": 40, "error": 250}}
JINHUA = (Decimal("119.65"), Decimal("29.09"))


def facts(**values):
    return {
        "division": make_division("330702"),
        "address_zh": "金华市婺城区双溪西路988号",
        "lon": JINHUA[0],
        "lat": JINHUA[1],
        **values,
    }


def place(unit, valid_from=OPENED, **values):
    return set_profile(
        unit=unit, valid_from=valid_from, actor=ACTOR, at=LONG_AGO, **facts(**values)
    )


@pytest.mark.parametrize(
    ("point", "fit"),
    [
        (("119.70", "29.10"), Fit.GOOD),
        (("120.30", "29.30"), Fit.DOUBTFUL),
        (("121.47", "31.23"), Fit.WRONG),
        (("29.09", "119.65"), Fit.WRONG),
    ],
)
def test_a_point_is_judged_by_its_distance(point, fit):
    lon, lat = (Decimal(one) for one in point)

    assert judge((lon, lat), JINHUA, "county", LIMITS).fit is fit


def test_without_a_centre_nothing_is_said():
    assert judge(JINHUA, None, "county", LIMITS).fit is Fit.UNKNOWN


def test_distance_is_symmetric_and_in_kilometres():
    # Beijing to Shanghai is 1,067 km as the crow flies
    there = distance_km(116.40, 39.90, 121.47, 31.23)

    assert there == pytest.approx(distance_km(121.47, 31.23, 116.40, 39.90))
    assert there == pytest.approx(1067, abs=5)


@pytest.mark.django_db
def test_a_new_address_ends_the_old_one():
    unit = make_unit()
    place(unit)
    place(unit, date(2026, 3, 2), address_zh="金华市婺城区李渔路1号")

    before, after = (profile_on(unit, date(2026, 3, day)) for day in (1, 2))
    assert str(before) == "金华市婺城区双溪西路988号"
    assert str(after) == "金华市婺城区李渔路1号"
    assert Entry.objects.filter(kind="branches.profile_changed").count() == 2


@pytest.mark.django_db
def test_the_unit_follows_its_division():
    unit = make_unit()
    place(unit)

    assert OrgUnit.objects.get(pk=unit.pk).division_code == "330702"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field", "message"),
    [
        ({"lon": Decimal("121.47"), "lat": Decimal("31.23")}, "lon", "km from the centre"),
        ({"phone": "call us"}, "phone", "Digits"),
        ({"address_zh": ""}, "address_zh", "blank"),
        ({"access": ["wings"]}, "access", "wings"),
        ({"lon": Decimal("119.65"), "lat": None}, "__all__", "both"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(wrong, field, message):
    unit = make_unit()

    with pytest.raises(UnableToSetProfile) as refused:
        place(unit, **wrong)

    assert message in " ".join(map(str, refused.value.errors[field]))
    assert not UnitProfile.objects.exists()


@pytest.mark.django_db
def test_two_profiles_at_once_are_refused_by_the_database():
    unit = make_unit()
    place(unit)

    with pytest.raises(IntegrityError, match="one_profile_at_a_time"):
        UnitProfile.objects.create(unit=unit, valid_from=date(2026, 1, 1), **facts())
