"""A service point opens by a checklist that looks itself whether what it says is there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from branches.entry_codes import find_living
from branches.finder.outlets import all_outlets
from branches.models import (
    EntryCode,
    OrgUnit,
    PointHost,
    StaffAssignment,
    UnitProcedure,
    UnitService,
)
from branches.readiness import lacking
from branches.selectors import services_on
from branches.states import CodePurpose, Kind, ProcedureStatus
from branches.use_cases.assign_staff import assign_staff
from branches.use_cases.end_assignment import end_assignment
from branches.use_cases.finish_procedure import finish_procedure
from branches.use_cases.procedure_plans import UnableToProceed
from branches.use_cases.procedures import cancel_procedure, do_step, start_procedure
from branches.use_cases.service_points import end_hosting
from branches.use_cases.set_services import UnableToOffer, set_services
from branches.visits.selectors import free_times
from brokerage.core.roles import Role
from brokerage.users.models import User
from partners.states import PartnerStatus
from partners.use_cases.clients import set_partner_status
from tests.backoffice.factories import desk_of, staff
from tests.branches.factories import (
    ACTOR,
    give_licence,
    make_division,
    make_staff,
    make_staff_user,
    make_unit,
)
from tests.partners.factories import a_partner
from tests.visits.factories import LICENCES, MONDAY, add_room, at
from tests.visits.factories import purpose as a_purpose
from tests.visits.test_service_points import a_point, services

pytestmark = pytest.mark.django_db
NOW = at(10)
OPENS = MONDAY + timedelta(days=21)
THEN = NOW + timedelta(days=21)


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def bank() -> Any:
    return a_partner("婺江银行")


@pytest.fixture
def boss() -> User:
    return make_staff(Role.HEAD_OFFICE)


def a_plan(bank: Any, **other: Any) -> dict[str, Any]:
    return {
        "institution": str(bank.ref),
        "host_zh": "婺江银行江北支行",
        "host_en": "Wujiang Bank, Jiangbei",
        "desk_zh": "大堂左侧",
        "code": "JH-P9",
        "name_zh": "江北服务点",
        "name_en": "Jiangbei desk",
        "address_zh": "金华市婺城区解放西路1号",
        "division": make_division().code,
        "week": "9:00-11:30",
        "services": ["open_account", "change_details"],
        "codes_until": (OPENS + timedelta(days=365)).isoformat(),
    } | other


def planned(bank: Any, *, unit: OrgUnit | None = None, **other: Any) -> UnitProcedure:
    return start_procedure(
        kind="point",
        unit=unit,
        parent=None if unit else make_unit(),
        effective_on=OPENS,
        plan=a_plan(bank, **other),
        actor=ACTOR,
        at=NOW,
    )


def fitted(procedure: UnitProcedure) -> OrgUnit:
    """With a counter and an officer of ours from the first day on."""
    unit = procedure.unit
    assert unit is not None
    add_room(unit, "1号窗口", "counter")
    add_officer(unit)
    return unit


def add_officer(unit: OrgUnit) -> None:
    """An opening officer with their licences, from the first day on."""
    user = make_staff_user()
    since = max(OPENS, unit.opened_on)
    assign_staff(
        user=user, unit=unit, role=Role.OPENING_OFFICER, valid_from=since, actor=ACTOR, at=NOW
    )
    for kind in LICENCES[Role.OPENING_OFFICER]:
        give_licence(user, kind)


def do_all(procedure: UnitProcedure, boss: User) -> None:
    for step in procedure.steps.all():
        do_step(step=step, user=boss, at=NOW)


def test_from_the_day_on_it_gives_what_was_planned_and_its_journeys_begin_there(
    bank: Any, boss: User
) -> None:
    procedure = planned(bank)
    unit = fitted(procedure)
    assert (unit.kind, unit.opened_on) == (Kind.SERVICE_POINT, MONDAY)
    do_all(procedure, boss)
    with pytest.raises(UnableToProceed, match="on the day"):
        finish_procedure(procedure=procedure, actor=ACTOR, at=NOW)

    with time_machine.travel(THEN, tick=False):
        finish_procedure(procedure=procedure, actor=ACTOR, at=THEN)

        host = PointHost.objects.get(unit=unit)
        assert (host.institution_ref, host.valid_from) == (bank.ref, OPENS)
        assert {one.code for one in services_on(unit, OPENS)} == {"open_account", "change_details"}
        times = free_times([unit], a_purpose("open_account"), at=THEN)[unit.pk]
        assert any(day.times for day in times)
        assert unit.pk in {line.pk for line in all_outlets(THEN)}
        codes = EntryCode.objects.filter(unit=unit)
        assert {code.purpose for code in codes} == {CodePurpose.OPEN_ACCOUNT, CodePurpose.VISIT}
        assert all(find_living(code.code, THEN) for code in codes)


def test_until_then_it_gives_nothing_and_nobody_sees_it(bank: Any, boss: User) -> None:
    procedure = planned(bank)
    unit = fitted(procedure)
    do_all(procedure, boss)
    assert services_on(unit, OPENS) == []
    assert free_times([unit], a_purpose("open_account"), at=THEN).get(unit.pk, [])[0].times == []
    assert unit.pk not in {line.pk for line in all_outlets(THEN)}
    with pytest.raises(UnableToOffer, match="no institution"):
        set_services(unit=unit, services=services(), valid_from=OPENS, actor=ACTOR, at=NOW)


@pytest.mark.parametrize(
    ("missing", "step", "words"),
    [
        ("room", "room", "no counter or room"),
        ("staff", "staff", "Nobody of ours"),
        ("hours", "hours", "no hours"),
        ("licence", "staff", "Nobody there has the licence"),
        ("institution", "agreement", "does not work with us"),
        ("kind of room", "slots", "nobody could be booked"),
    ],
)
def test_a_step_is_done_only_when_what_it_says_is_there(
    bank: Any, boss: User, missing: str, step: str, words: str
) -> None:
    given = ["funds"] if missing == "licence" else ["open_account"]
    procedure = planned(bank, week="" if missing == "hours" else "9:00-11:30", services=given)
    unit = procedure.unit
    assert unit is not None
    if missing != "room":
        add_room(unit, "1号", "talk" if missing == "kind of room" else "counter")
    if missing != "staff":
        add_officer(unit)
    if missing == "institution":
        set_partner_status(partner=bank, status=PartnerStatus.SUSPENDED, actor=ACTOR, at=NOW)
    procedure.steps.exclude(key=step).update(done_at=NOW, done_by_ref=boss.ref)

    with pytest.raises(UnableToProceed, match=words):
        do_step(step=procedure.steps.get(key=step), user=boss, at=NOW)
    procedure.steps.update(done_at=NOW, done_by_ref=boss.ref)
    with pytest.raises(UnableToProceed, match=words):
        finish_procedure(procedure=procedure, actor=ACTOR, at=THEN)
    assert not PointHost.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"host_zh": ""}, "host_zh"),
        ({"services": []}, "services"),
        ({"services": ["margin"]}, "services"),
        ({"codes_until": "2026-03-02"}, "codes_until"),
        ({"code": ""}, "code"),
        ({"division": "999999"}, "division"),
        ({"week": "9:00-8:00"}, "week"),
    ],
)
def test_an_incomplete_plan_is_refused_beside_its_field(
    bank: Any, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(UnableToProceed) as refused:
        planned(bank, **wrong)
    assert field in refused.value.errors
    assert not OrgUnit.objects.filter(kind=Kind.SERVICE_POINT).exists()


def test_called_off_the_point_closes_again_once_nobody_is_assigned(bank: Any, boss: User) -> None:
    procedure = planned(bank)
    unit = fitted(procedure)
    with pytest.raises(UnableToProceed, match="There is still"):
        cancel_procedure(procedure=procedure, actor=ACTOR, at=NOW, reason="机构改主意")
    end_assignment(
        assignment=StaffAssignment.objects.get(unit=unit), on=MONDAY, actor=ACTOR, at=NOW
    )

    cancel_procedure(procedure=procedure, actor=ACTOR, at=NOW, reason="机构改主意")

    unit.refresh_from_db()
    procedure.refresh_from_db()
    assert (procedure.status, unit.closed_on) == (
        ProcedureStatus.CANCELLED,
        MONDAY + timedelta(days=1),
    )
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")


def test_a_point_that_stands_nowhere_opens_at_another_institution_the_same_way(
    bank: Any, boss: User
) -> None:
    point = a_point(bank)
    with pytest.raises(UnableToProceed, match="another institution"):
        planned(bank, unit=point)
    end_hosting(institution=bank.ref, actor=ACTOR, at=NOW)
    other = a_partner("金华商业银行")
    procedure = planned(other, unit=point)
    fitted(procedure)
    do_all(procedure, boss)
    with time_machine.travel(THEN, tick=False):
        finish_procedure(procedure=procedure, actor=ACTOR, at=THEN)
    assert PointHost.objects.on(OPENS).get(unit=point).institution_ref == other.ref


def test_the_database_keeps_services_of_a_point_within_its_stay(bank: Any) -> None:
    point = a_point(bank)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
    with pytest.raises(IntegrityError, match="no institution"), transaction.atomic():
        PointHost.objects.filter(unit=point).update(valid_to=OPENS)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all deferred")
    end_hosting(institution=bank.ref, actor=ACTOR, at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
    with pytest.raises(IntegrityError, match="no institution"), transaction.atomic():
        UnitService.objects.create(unit=point, service=services()[0], valid_from=MONDAY)


def test_head_office_plans_one_and_the_page_says_what_is_missing(bank: Any) -> None:
    outlet = make_unit()
    client = desk_of(staff(Role.HEAD_OFFICE))
    url = f"{reverse('admin:branches_unitprocedure_add')}?kind=point"
    listed = client.get(reverse("admin:branches_pointhost_changelist")).content.decode()
    assert url in listed
    typed = a_plan(bank) | {"effective_on": OPENS.isoformat(), "parent": outlet.pk}

    again = client.post(url, typed | {"code": ""}).content.decode()
    assert "This is needed." in again
    assert "江北服务点" in again
    assert client.post(url, typed).status_code == 302

    procedure = UnitProcedure.objects.get()
    page = client.get(
        reverse("admin:branches_unitprocedure_change", args=[procedure.ref])
    ).content.decode()
    assert "Nobody of ours is assigned" in page
    assert "婺江银行江北支行" in page
    assert lacking(procedure, NOW, step="agreement") == ""
    place = reverse("admin:branches_orgunit_place", args=[procedure.unit.ref])  # type: ignore[union-attr]  # there is one
    assert "stands at no institution now" in client.get(place).content.decode()


def test_the_day_counts_on_which_it_really_opens(bank: Any, boss: User) -> None:
    """Licences and leave are asked for that day, not for the planned one."""
    procedure = planned(bank)
    unit = fitted(procedure)
    do_all(procedure, boss)
    late = date(2026, 4, 13)
    StaffAssignment.objects.filter(unit=unit).update(valid_to=late)
    moment = at(10, day=late)
    with (
        time_machine.travel(moment, tick=False),
        pytest.raises(UnableToProceed, match="Nobody of ours"),
    ):
        finish_procedure(procedure=procedure, actor=ACTOR, at=moment)
