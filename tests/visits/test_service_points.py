"""Our desks in the rooms of institutions: what they give, and what ends with the institution."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.entry_codes import find_living
from branches.finder.outlets import all_outlets, outlets_for
from branches.models import OrgUnit, PointHost, Service
from branches.selectors import services_on
from branches.states import CodeEnd, Kind
from branches.use_cases.entry_codes import give_code
from branches.use_cases.service_points import (
    Desk,
    UnableToHost,
    end_hosting,
    host_point,
    open_service_point,
)
from branches.use_cases.set_services import set_services
from branches.visits.selectors import free_times
from branches.visits.states import Status
from branches.visits.tasks import leave_point
from branches.visits.use_cases.receive_visitor import take_walk_in
from branches.visits.use_cases.serve_visitor import call_next
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from brokerage.messaging.use_cases.load_texts import load_texts
from partners.states import PartnerStatus
from partners.use_cases.clients import set_partner_status
from tests.backoffice.factories import desk_of, staff
from tests.branches.factories import ACTOR, LONG_AGO, OPENED, make_division, make_unit
from tests.partners.factories import a_partner
from tests.visits.factories import MONDAY, TUESDAY, a_visit, add_room, add_staff, an_outlet, at
from tests.visits.factories import purpose as a_purpose

pytestmark = pytest.mark.django_db
NOW = at(10)
WEEK = {day: [(time(9), time(12))] for day in range(1, 6)}


@pytest.fixture(autouse=True)
def house():
    load_texts(at=NOW)
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def bank() -> Any:
    return a_partner("婺江银行")


def a_desk(bank: Any) -> Desk:
    return Desk(
        institution=bank.ref,
        name_zh="婺江银行江北支行",
        name_en="Wujiang Bank, Jiangbei",
        desk_zh="大堂左侧",
        desk_en="Left of the hall",
    )


def services(*codes: str) -> list[Service]:
    return list(Service.objects.filter(code__in=codes or ("open_account", "change_details")))


def a_point(bank: Any, parent: OrgUnit | None = None, **more: Any) -> OrgUnit:
    values: dict[str, Any] = {"services": services(), "desk": a_desk(bank)} | more
    return open_service_point(
        parent=parent or make_unit(),
        code=f"P{uuid4().hex[:8]}",
        name_zh="江北服务点",
        name_en="Jiangbei desk",
        place={
            "division": make_division(),
            "address_zh": "金华市婺城区江北解放西路1号",
            "address_en": "1 West Jiefang Road, Jinhua",
        },
        week=WEEK,
        opened_on=OPENED,
        actor=ACTOR,
        at=LONG_AGO,
        **values,
    )


def staffed(point: OrgUnit) -> OrgUnit:
    add_room(point, "1号窗口", "counter")
    add_staff(point, Role.OPENING_OFFICER)
    return OrgUnit.objects.get(pk=point.pk)


def days(point: OrgUnit) -> set[Any]:
    found = free_times([point], a_purpose("open_account"), at=NOW).get(point.pk, [])
    return {day.day for day in found if day.times}


def test_times_are_given_where_our_own_people_are_on_duty(bank: Any) -> None:
    point = a_point(bank)
    assert days(point) == set()
    assert TUESDAY in days(staffed(point))
    assert point.pk in {unit.pk for unit in outlets_for(services()[0], MONDAY)}


def test_the_finder_shows_it_as_a_desk_at_its_host(bank: Any, client: Any) -> None:
    point = staffed(a_point(bank))
    (line,) = [one for one in all_outlets(NOW) if one.pk == point.pk]
    assert line.host == "Wujiang Bank, Jiangbei"
    page = client.get(
        reverse("branches:outlet", args=[point.code]), headers={"accept-language": "en"}
    ).content.decode()
    assert "Our desk at Wujiang Bank, Jiangbei" in page
    assert "Left of the hall" in page
    assert "Our own people serve you here" in page


def test_a_journey_begins_at_its_code_while_it_stands_there(bank: Any) -> None:
    point = a_point(bank)
    code = give_code(unit=point, ends_at=NOW + timedelta(days=90), actor=ACTOR, at=NOW)
    assert find_living(code.code, NOW) == code

    end_hosting(institution=bank.ref, actor=ACTOR, at=NOW)

    code.refresh_from_db()
    assert (find_living(code.code, NOW), code.end_reason) == (None, CodeEnd.TAKEN_BACK)


def test_with_the_institution_everything_there_ends_and_visits_go_to_the_outlet_above(
    bank: Any,
) -> None:
    outlet = an_outlet()
    point = staffed(a_point(bank, parent=outlet))
    visit = a_visit(point, code="open_account")
    assert visit.unit == point

    set_partner_status(partner=bank, status=PartnerStatus.SUSPENDED, actor=ACTOR, at=NOW)
    leave_point(unit=str(point.ref))

    visit.refresh_from_db()
    assert (visit.unit, visit.status) == (outlet, Status.BOOKED)
    assert services_on(point, MONDAY) == []
    assert days(point) == set()
    assert point.pk not in {line.pk for line in all_outlets(NOW)}


def test_a_point_stands_again_at_another_institution(bank: Any) -> None:
    point = staffed(a_point(bank))
    end_hosting(institution=bank.ref, actor=ACTOR, at=NOW)
    other = a_partner("金华商业银行")

    host_point(unit=point, desk=a_desk(other), services=services(), on=MONDAY, actor=ACTOR, at=NOW)

    assert TUESDAY in days(point)
    assert PointHost.objects.filter(unit=point).count() == 2


def test_a_place_given_up_before_it_began_is_given_up_once_and_bars_nothing(bank: Any) -> None:
    point = staffed(a_point(bank))
    end_hosting(institution=bank.ref, actor=ACTOR, at=NOW)
    other = a_partner("金华商业银行")
    later = MONDAY + timedelta(days=21)
    given: dict[str, Any] = {"services": services(), "on": later, "actor": ACTOR, "at": NOW}
    host_point(unit=point, desk=a_desk(other), **given)

    assert end_hosting(institution=other.ref, actor=ACTOR, at=NOW) == [point]
    assert end_hosting(institution=other.ref, actor=ACTOR, at=NOW) == []
    assert services_on(point, later) == []
    host_point(unit=point, desk=a_desk(other), **(given | {"on": MONDAY}))
    assert services_on(point, later) != []


def test_leaving_a_place_ends_what_was_planned_there(bank: Any) -> None:
    point = a_point(bank)
    later = MONDAY + timedelta(days=21)
    set_services(unit=point, services=services("funds"), valid_from=later, actor=ACTOR, at=NOW)
    end_hosting(institution=bank.ref, actor=ACTOR, at=NOW)
    assert (services_on(point, MONDAY), services_on(point, later)) == ([], [])


def test_the_queue_asks_no_more_for_more_people_at_the_counters(
    django_assert_num_queries: Any,
) -> None:
    outlet = an_outlet()
    desk = desk_of(staff(Role.BRANCH_MANAGER, outlet))
    url = reverse("admin:branches_visit_queue", args=[outlet.code])

    def called(number: int) -> None:
        for _ in range(number):
            take_walk_in(unit=outlet, purpose=a_purpose("open_account"), actor=ACTOR, at=NOW)
            officer = add_staff(outlet, Role.OPENING_OFFICER)
            assert call_next(unit=outlet, user=officer, desk="1", at=NOW)

    called(1)
    desk.get(url)
    with CaptureQueriesContext(connection) as one:
        desk.get(url)
    called(2)
    with django_assert_num_queries(len(one)):
        desk.get(url)


def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_left(bank: Any) -> None:
    gone = a_partner("旧银行")
    set_partner_status(partner=gone, status=PartnerStatus.SUSPENDED, actor=ACTOR, at=NOW)
    for more, field in (
        ({"desk": a_desk(gone)}, "institution"),
        ({"services": services("margin")}, "services"),
        ({"desk": Desk(institution=bank.ref, name_zh="", name_en="x")}, "name_zh"),
    ):
        with pytest.raises(UnableToHost) as refused:
            a_point(bank, **more)
        assert list(refused.value.errors) == [field]
    assert not OrgUnit.objects.filter(kind=Kind.SERVICE_POINT).exists()


def test_only_a_service_point_has_a_host_and_one_at_a_time(bank: Any) -> None:
    with pytest.raises(UnableToHost):
        host_point(
            unit=make_unit(), desk=a_desk(bank), services=[], on=MONDAY, actor=ACTOR, at=NOW
        )
    values = {"institution_ref": bank.ref, "name_zh": "行", "name_en": "B", "valid_from": MONDAY}
    with connection.cursor() as cursor:
        cursor.execute("set constraints hosts_fit_units immediate")
    with pytest.raises(IntegrityError, match="is no service point"), transaction.atomic():
        PointHost.objects.create(unit=make_unit(), **values)
    with pytest.raises(IntegrityError, match="one_institution_at_a_time"), transaction.atomic():
        PointHost.objects.create(unit=a_point(bank), **values)


def test_head_office_ends_one_in_the_back_office(bank: Any) -> None:
    a_point(bank)
    row = PointHost.objects.get()
    desk = desk_of(staff(Role.HEAD_OFFICE))
    act = reverse("admin:branches_pointhost_act", args=[row.ref, "end"])
    assert desk.post(act, {"reason": "合同到期"}).status_code == 302
    row.refresh_from_db()
    assert row.valid_to == MONDAY
    assert Entry.objects.get(kind="branches.hosting_ended").reason == "合同到期"
