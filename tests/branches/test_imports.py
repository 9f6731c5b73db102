"""Lists of outlets, hours and staff: errors beside their cells, proposals, what is taken."""

from __future__ import annotations

import csv
import io
from datetime import date, time

import pytest

from branches.imports.hours import HOURS
from branches.imports.outlets import OUTLETS
from branches.imports.staff import STAFF_LIST
from branches.models import OrgUnit, StaffAssignment, UnitProfile
from branches.rules.hours import BadHours, Wrong, parse_hours
from branches.selectors import hours_on
from branches.states import Kind
from brokerage.backoffice.imports.states import Status
from brokerage.backoffice.imports.template_file import template_file
from brokerage.backoffice.imports.wording import read
from brokerage.backoffice.models import ImportRow
from brokerage.core.roles import Role
from tests.backoffice.factories import staff
from tests.backoffice.test_import_desk import bring, release
from tests.branches.factories import make_unit

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 6, 1)
GOOD = {
    "code": "JH-09",
    "name_zh": "金华江南街证券营业部",
    "name_en": "Jinhua Jiangnan Street",
    "type": "C",
    "under": "B-JH",
    "opened_on": "2026-06-01",
    "address_zh": "金华市婺城区　李渔路７７号",
}


@pytest.fixture
def company(db):
    return make_unit(Kind.BRANCH_COMPANY, code="B-JH", name_zh="金华分公司")


@pytest.fixture
def maker(company):
    return staff(Role.HEAD_OFFICE)


@pytest.fixture
def checker(company):
    return staff(Role.HEAD_OFFICE)


def sheet(*rows) -> str:
    out = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def errors(run):
    """Column → the English sentence, of the first row."""
    row = ImportRow.objects.filter(run=run).order_by("number")[0]
    said = read(row.content["errors"]) or {}
    return {key: str(texts) for key, texts in said.items()}


def test_an_outlet_is_opened_with_the_proposed_division_and_its_centre(maker, checker):
    run = release(bring(OUTLETS, maker, sheet(GOOD)), maker, checker)

    assert run.status == Status.TAKEN
    unit = OrgUnit.objects.get(code="JH-09")
    profile = UnitProfile.objects.get(unit=unit)
    assert unit.division_code == profile.division.code == "330702"
    assert (profile.lon, profile.lat) == (profile.division.lon, profile.division.lat)


@pytest.mark.parametrize(
    ("wrong", "column", "words"),
    [
        ({"address_zh": "人民路1号", "name_zh": "江南街营业部"}, "division", "six digits"),
        ({"division": "999999"}, "division", "no such code"),
        ({"division": "330702", "lon": "121.47", "lat": "31.23"}, "lon", "km from the centre"),
        ({"lon": "119.65"}, "lat", "both coordinates"),
        ({"under": "B-XX"}, "under", "No branch company"),
        ({"type": "D"}, "type", "A, B or C"),
        ({"opened_on": "soon"}, "opened_on", "date"),
        ({"code": "B-JH"}, "code", "Another unit"),
    ],
)
def test_what_is_wrong_stands_beside_its_cell(maker, wrong, column, words):
    run = bring(OUTLETS, maker, sheet(GOOD | wrong))

    assert run.bad_count == 1
    assert words in errors(run)[column]


def test_hours_are_set_from_a_day_on(company, maker, checker):
    outlet = make_unit(under=company, code="JH-01")
    row = {"code": "JH-01", "valid_from": "2026-06-01", "mon": "９：００－１１：３０，13:00-17:00"}
    run = release(bring(HOURS, maker, sheet(row)), maker, checker)

    assert run.status == Status.TAKEN
    assert hours_on(outlet, MONDAY).intervals == (
        (time(9), time(11, 30)),
        (time(13), time(17)),
    )


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ("9:00-12:00, 11:00-14:00", "overlap"),
        ("22:00-2:00", "over midnight"),
        ("morning", "Write hours"),
    ],
)
def test_wrong_hours_are_told_in_the_cell_of_their_day(company, maker, hours, words):
    make_unit(under=company, code="JH-01")
    row = {"code": "JH-01", "valid_from": "2026-06-01", "wed": hours}

    assert words in errors(bring(HOURS, maker, sheet(row)))["wed"]


def test_staff_get_a_log_in_and_a_role(company, maker, checker):
    outlet = make_unit(under=company, code="JH-01")
    row = {
        "email": "new@example.com",
        "name": "沈知行 Shen Zhixing",
        "unit": "JH-01",
        "role": "opening_officer",
        "valid_from": "2026-06-01",
    }
    release(bring(STAFF_LIST, maker, sheet(row)), maker, checker)

    made = StaffAssignment.objects.get(unit=outlet)
    assert made.role == Role.OPENING_OFFICER
    assert not made.user.has_usable_password()


def test_a_manager_brings_nothing_for_units_of_others(company):
    manager = staff(Role.BRANCH_MANAGER, company)
    make_unit(code="XX-01")
    row = {"code": "XX-01", "valid_from": "2026-06-01", "mon": "9:00-17:00"}

    assert "None of your units" in errors(bring(HOURS, manager, sheet(row)))["code"]


@pytest.mark.parametrize("importer", [OUTLETS, HOURS, STAFF_LIST], ids=lambda one: one.key)
def test_there_is_a_template_for_each_list(importer):
    assert template_file(importer)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("9:00-17:00", [(time(9), time(17))]),
        ("13:00–17:00; 9.00–11.30", [(time(9), time(11, 30)), (time(13), time(17))]),
        ("9点至17点", [(time(9), time(17))]),
        ("休息", []),
        ("", []),
    ],
)
def test_hours_are_read_as_people_write_them(text, found):
    assert parse_hours(text) == found


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("25:00-26:00", Wrong.UNREADABLE), ("9-9", Wrong.OVER_MIDNIGHT), ("x", Wrong.UNREADABLE)],
)
def test_other_texts_are_refused(text, wrong):
    with pytest.raises(BadHours) as refused:
        parse_hours(text)
    assert refused.value.wrong is wrong
