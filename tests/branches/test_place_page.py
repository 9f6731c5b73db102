"""The page of a unit's week: what was changed is saved together, and bad input loses nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from branches.models import HoursException, OrgUnit, UnitProfile, UnitService
from branches.selectors import hours_on, profile_on
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from tests.backoffice.factories import desk_of, staff
from tests.visits.factories import MONDAY, TUESDAY, an_outlet, at

pytestmark = pytest.mark.django_db
WEEK = {f"day_{n}": "9:00-11:30, 13:00-17:00" for n in range(1, 6)} | {"day_6": "", "day_7": ""}


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(at(10), tick=False):
        yield


@pytest.fixture
def outlet() -> OrgUnit:
    return an_outlet()


def url(unit: OrgUnit) -> str:
    return reverse("admin:branches_orgunit_place", args=[unit.ref])


def given(**changed: Any) -> dict[str, Any]:
    """The form as it stands, with changes."""
    form: dict[str, Any] = {"act": "week", "valid_from": "2026-03-03", "phone": "0579-5550 1000"}
    form |= {"directions_zh": "人民广场向南步行5分钟"}
    form |= {"directions_en": "Five minutes south of Renmin Square"}
    form |= {"access": ["step_free"], "languages": ["cmn"]}
    form |= {f"day_{n}": "09:00-12:00" for n in range(1, 6)} | {"day_6": "", "day_7": ""}
    form["services"] = ["open_account", "change_details", "double_recording"]
    form["services"] += ["advice", "institutions"]
    return form | changed


def test_a_manager_sets_the_week_from_a_day_on(outlet):
    client = desk_of(staff(Role.BRANCH_MANAGER, outlet))
    assert client.get(url(outlet)).status_code == 200
    answer = client.post(url(outlet), given(**WEEK))
    assert answer.status_code == 302
    assert len(hours_on(outlet, MONDAY).intervals) == 1
    assert [f"{one.opens:%H:%M}" for one in hours_on(outlet, TUESDAY).intervals] == [
        "09:00",
        "13:00",
    ]
    assert UnitProfile.objects.filter(unit=outlet).count() == 1  # not touched


def test_access_and_languages_change_and_the_address_stays(outlet):
    client = desk_of(staff(Role.BRANCH_MANAGER, outlet))
    before = profile_on(outlet, MONDAY)
    client.post(url(outlet), given(languages=["cmn", "en"], access=[]))
    after = profile_on(outlet, TUESDAY)
    assert before is not None
    assert after is not None
    assert (after.languages, after.access) == (["cmn", "en"], [])
    assert (after.address_zh, after.lon) == (before.address_zh, before.lon)


@pytest.mark.parametrize(
    ("day", "said"),
    [("9:00-25:00", "Write hours"), ("22:00-2:00", "midnight"), ("9-12, 11-13", "overlap")],
)
def test_bad_hours_are_told_beside_their_day_and_nothing_is_saved_or_lost(outlet, day, said):
    client = desk_of(staff(Role.HEAD_OFFICE, outlet))
    page = client.post(
        url(outlet), given(day_2=day, languages=["en"]), headers={"accept-language": "en"}
    ).content.decode()
    assert said in page
    assert f'value="{day}"' in page
    kept = profile_on(outlet, TUESDAY)
    assert kept is not None
    assert kept.languages == ["cmn"]


def test_only_who_may_changes_services(outlet):
    manager = desk_of(staff(Role.BRANCH_MANAGER, outlet))
    boss = desk_of(staff(Role.HEAD_OFFICE))
    offered = UnitService.objects.on(date(2026, 3, 4)).filter(unit=outlet)
    manager.post(url(outlet), given(services=["open_account"]))
    assert offered.count() == 5
    boss.post(url(outlet), given(services=["open_account"]))
    assert [row.service.code for row in offered] == ["open_account"]


def test_another_managers_outlet_does_not_exist_and_an_officer_changes_no_hours(outlet):
    stranger = desk_of(staff(Role.BRANCH_MANAGER, an_outlet()))
    officer = desk_of(staff(Role.OPENING_OFFICER, outlet))
    assert stranger.get(url(outlet)).status_code == 404
    assert officer.get(url(outlet)).status_code == 403


def test_a_day_with_other_hours_is_entered_once_and_recorded(outlet):
    client = desk_of(staff(Role.BRANCH_MANAGER, outlet))
    day = {"act": "day", "day": "2026-03-06", "hours": "9:00-10:00, 11:00-12:00"}
    for _time in range(2):
        client.post(url(outlet), day | {"note_zh": "盘点", "note_en": "Stock-taking"})
    assert HoursException.objects.filter(unit=outlet).count() == 2
    assert Entry.objects.filter(subject_type="branches.hoursexception").count() == 2
    page = client.post(url(outlet), day | {"day": "2026-03-01"}, headers={"accept-language": "en"})
    assert "Choose a day ahead" in page.content.decode()
