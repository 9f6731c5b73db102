"""What a unit can give on a day: its type, its offer, and somebody licensed who is there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from branches.content import MATRIX
from branches.models import Absence, Service, UnitService
from branches.selectors import services_of, services_on, staff_on
from branches.states import Kind
from branches.use_cases.set_services import UnableToOffer
from brokerage.core.roles import Role
from brokerage.reference.models import Rule
from tests.branches.factories import (
    OPENED,
    assign,
    give_licence,
    make_staff,
    make_staff_user,
    make_unit,
    offer,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
NEXT = DAY + timedelta(days=1)


def codes(unit, day=DAY):
    return [service.code for service in services_on(unit, day)]


def an_officer(unit, **values):
    user = make_staff(Role.OPENING_OFFICER, unit)
    give_licence(user, "witness", **values)
    return user


def test_a_service_needs_somebody_licensed():
    unit = make_unit()
    offer(unit, "open_account", "education")

    assert codes(unit) == ["education"]
    an_officer(unit)
    assert codes(unit) == ["open_account", "education"]


def test_a_licence_takes_its_services_away_on_the_day_it_lapses():
    unit = make_unit()
    offer(unit, "open_account")
    an_officer(unit, valid_to=NEXT)

    assert codes(unit, DAY) == ["open_account"]
    assert codes(unit, NEXT) == []


def test_leave_takes_the_services_of_the_person_away():
    unit = make_unit()
    offer(unit, "open_account")
    user = an_officer(unit)
    Absence.objects.create(user=user, valid_from=DAY, valid_to=NEXT)

    assert codes(unit, DAY) == []
    assert codes(unit, NEXT) == ["open_account"]


def test_a_licensed_person_elsewhere_does_not_count():
    unit = make_unit()
    offer(unit, "open_account")
    an_officer(make_unit())

    assert codes(unit) == []


def test_a_role_that_has_ended_does_not_count():
    unit = make_unit()
    offer(unit, "open_account")
    user = make_staff_user()
    assign(user, Role.OPENING_OFFICER, unit, valid_to=DAY)
    give_licence(user, "witness")

    assert codes(unit, DAY - timedelta(days=1)) == ["open_account"]
    assert codes(unit, DAY) == []


def test_a_type_c_outlet_may_not_offer_the_counter():
    with pytest.raises(UnableToOffer, match="Orders at the counter"):
        offer(make_unit(outlet_type="C"), "counter_trading")

    offer(make_unit(outlet_type="A"), "counter_trading", "trading_terminals")


def test_an_offer_beyond_the_type_is_not_shown_whoever_wrote_it():
    unit = make_unit(outlet_type="C")
    give_licence(make_staff(Role.OPENING_OFFICER, unit), "general")
    counter = Service.objects.get(code="counter_trading")
    UnitService.objects.create(unit=unit, service=counter, valid_from=OPENED)

    assert codes(unit) == []


def test_a_branch_company_gives_what_its_kind_may():
    unit = make_unit(Kind.BRANCH_COMPANY)
    offer(unit, "education")

    assert codes(unit) == ["education"]
    with pytest.raises(UnableToOffer):
        offer(unit, "open_account")


def test_what_is_left_out_ends_and_stays_on_record():
    unit = make_unit()
    offer(unit, "education", "elderly_help")
    offer(unit, "education", valid_from=DAY)

    assert codes(unit, DAY - timedelta(days=1)) == ["education", "elderly_help"]
    assert codes(unit, DAY) == ["education"]


def test_many_units_take_one_query(django_assert_num_queries):
    units = [make_unit() for _ in range(4)]
    for unit in units:
        offer(unit, "open_account", "education")
        an_officer(unit)

    with django_assert_num_queries(1):
        found = services_of(units, DAY)

    assert {len(services) for services in found.values()} == {2}


def test_the_shipped_matrix_names_services_that_exist():
    matrix = Rule.objects.in_force(MATRIX, DAY).figure
    named = {code for services in matrix.values() for code in services}

    assert named == set(Service.objects.values_list("code", flat=True))
    assert set(matrix["C"]) < set(matrix["B"]) < set(matrix["A"])


def test_staff_on_a_day_are_named_with_roles_and_licences():
    unit = make_unit()
    head = make_staff(Role.BRANCH_MANAGER, unit)
    officer = an_officer(unit)
    assign(officer, Role.OPERATIONS, unit)

    found = staff_on(unit, DAY)

    assert [duty.user for duty in found] == [head, officer]
    assert [duty.is_head for duty in found] == [True, False]
    assert found[1].roles == {Role.OPENING_OFFICER, Role.OPERATIONS}
    assert found[1].licences == {"witness"}
