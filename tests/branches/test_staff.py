"""Roles at units: dated, exclusive, acting, and gone at once when they end."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction

from branches.models import RoleRequest, StaffAssignment
from branches.selectors import head_of, units_of
from branches.states import SIDES, Kind
from branches.use_cases.assign_staff import UnableToAssign, appoint_acting, assign_staff
from branches.use_cases.end_assignment import UnableToEnd, end_assignment
from branches.use_cases.propose_role import propose_role
from brokerage.backoffice.four_eyes import Decision, FourEyesRefused, decide
from brokerage.core import clock, roles
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from brokerage.users.models import User
from tests.branches.factories import (
    ACTOR,
    assign,
    make_head_office,
    make_staff,
    make_staff_user,
    make_unit,
)

pytestmark = pytest.mark.django_db
MARCH, APRIL, JUNE = date(2026, 3, 1), date(2026, 4, 1), date(2026, 6, 1)


def again(user):
    return User.objects.get(pk=user.pk)


def test_a_role_gives_the_units_below_and_no_others():
    company = make_unit(Kind.BRANCH_COMPANY)
    outlet, elsewhere = make_unit(under=company), make_unit()
    manager = make_staff(Role.BRANCH_MANAGER, company)

    assert set(units_of(manager, MARCH)) == {company, outlet}
    assert elsewhere not in units_of(manager, MARCH)
    assert not units_of(manager, MARCH, roles=[Role.REVIEWER]).exists()


def test_units_are_those_of_the_day():
    outlet = make_unit()
    manager = make_staff_user()
    assign(manager, Role.BRANCH_MANAGER, outlet, valid_from=MARCH, valid_to=APRIL)

    assert not units_of(manager, MARCH - timedelta(days=1)).exists()
    assert units_of(manager, APRIL - timedelta(days=1)).get() == outlet
    assert not units_of(manager, APRIL).exists()


def test_giving_a_role_is_recorded_and_joins_its_group():
    user = make_staff_user()

    row = assign(user, Role.REVIEWER)

    assert list(user.groups.values_list("name", flat=True)) == [Role.REVIEWER]
    entry = Entry.objects.get(subject_ref=row.ref)
    assert entry.kind == "branches.role_given"
    assert entry.payload["role"] == "reviewer"


@pytest.mark.parametrize("role", sorted(SIDES))
@pytest.mark.parametrize("other", sorted(SIDES))
def test_roles_of_two_sides_exclude_each_other(role, other):
    user, head_office = make_staff_user(), make_head_office()
    assign(user, role, head_office)
    values: dict[str, Any] = {"user": user, "unit": make_unit(), "valid_from": MARCH}

    if SIDES[role] == SIDES[other]:
        assign(user, other, values["unit"])
        return
    with pytest.raises(UnableToAssign, match="exclude each other"):
        assign(user, other, values["unit"])
    with pytest.raises(IntegrityError, match="one_side_at_a_time"), transaction.atomic():
        StaffAssignment.objects.create(role=other, **values)


def test_after_the_end_of_one_side_the_other_may_begin():
    user = make_staff_user()
    assign(user, Role.ADVISER, valid_to=MARCH)

    assign(user, Role.REVIEWER, valid_from=MARCH)

    assert roles.roles_of(again(user)) == {Role.REVIEWER}


def test_a_unit_has_one_head_and_beside_it_one_acting_head():
    outlet, head, deputy = make_unit(), make_staff_user(), make_staff_user()
    assign(head, Role.BRANCH_MANAGER, outlet)
    with pytest.raises(UnableToAssign, match="has a head"):
        assign(make_staff_user(), Role.BRANCH_MANAGER, outlet)

    values: dict[str, Any] = {
        "unit": outlet,
        "valid_from": MARCH,
        "valid_to": APRIL,
        "acting_for": head,
    }
    appoint_acting(user=deputy, actor=ACTOR, at=clock.now(), **values)
    with pytest.raises(UnableToAssign, match="acting head"):
        appoint_acting(user=make_staff_user(), actor=ACTOR, at=clock.now(), **values)

    leads = [head_of(outlet, day) for day in (MARCH, APRIL)]
    assert [one and one.user for one in leads] == [deputy, head]


@pytest.mark.parametrize(
    ("start", "end", "fits"),
    [
        (date(2026, 3, 1), date(2026, 6, 1), True),
        (date(2026, 3, 1), date(2026, 6, 2), False),
        (date(2026, 11, 30), date(2027, 2, 28), True),
        (date(2026, 11, 30), date(2027, 3, 1), False),
        (date(2027, 11, 30), date(2028, 2, 29), True),
    ],
)
def test_acting_lasts_three_months_at_most(at, start, end, fits):
    outlet = make_unit()
    user = make_staff_user()

    def appoint():
        appoint_acting(user=user, unit=outlet, valid_from=start, valid_to=end, actor=ACTOR, at=at)

    if fits:
        appoint()
    else:
        with pytest.raises(UnableToAssign, match="three months"):
            appoint()
        with pytest.raises(IntegrityError, match="three_months"), transaction.atomic():
            StaffAssignment.objects.create(
                user=user,
                unit=outlet,
                role=Role.BRANCH_MANAGER,
                valid_from=start,
                valid_to=end,
                acting=True,
            )


def test_nobody_acts_for_themselves(at):
    user = make_staff_user()
    with pytest.raises(UnableToAssign):
        appoint_acting(
            user=user,
            unit=make_unit(),
            valid_from=MARCH,
            valid_to=APRIL,
            acting_for=user,
            actor=ACTOR,
            at=at,
        )


def test_a_role_that_ends_today_is_gone_at_once():
    user = make_staff(Role.REVIEWER)
    row = StaffAssignment.objects.get(user=user)
    assert roles.may(user, "branches.view_orgunit")

    end_assignment(assignment=row, on=clock.today(), actor=ACTOR, at=clock.now())

    fresh = again(user)
    assert roles.roles_of(fresh) == frozenset()
    assert not roles.may(fresh, "branches.view_orgunit")
    assert not fresh.groups.exists()


def test_a_role_whose_last_day_has_passed_acts_no_more_though_nobody_did_anything():
    user = make_staff_user()
    yesterday = clock.today() - timedelta(days=1)
    assign(user, Role.REVIEWER, valid_from=yesterday - timedelta(days=9), valid_to=yesterday)
    user.groups.add(*Group.objects.filter(name=Role.REVIEWER))  # still in its group

    assert roles.roles_of(again(user)) == frozenset()


def test_a_role_of_tomorrow_does_not_act_today():
    user = make_staff_user()
    assign(user, Role.REVIEWER, valid_from=clock.today() + timedelta(days=1))

    assert roles.roles_of(again(user)) == frozenset()


def test_a_role_given_and_taken_on_one_day_never_held():
    user = make_staff_user()
    row = assign(user, Role.REVIEWER, valid_from=clock.today())

    end_assignment(assignment=row, on=clock.today(), actor=ACTOR, at=clock.now())

    assert roles.roles_of(again(user)) == frozenset()
    assign(user, Role.REVIEWER, valid_from=clock.today())  # and may be given again


def test_a_role_does_not_end_twice_nor_in_the_past():
    row = assign(make_staff_user(), Role.REVIEWER)
    with pytest.raises(UnableToEnd, match="past"):
        end_assignment(assignment=row, on=date(2021, 1, 1), actor=ACTOR, at=clock.now())
    end_assignment(assignment=row, on=clock.today(), actor=ACTOR, at=clock.now())
    with pytest.raises(UnableToEnd, match="has ended"):
        end_assignment(assignment=row, on=clock.today(), actor=ACTOR, at=clock.now())


def test_customers_and_closed_log_ins_get_no_role():
    customer = User.objects.create_customer("+8613800138000")
    gone = make_staff_user()
    User.objects.filter(pk=gone.pk).update(is_active=False)

    for user in (customer, gone):
        with pytest.raises(UnableToAssign, match="Only active staff"):
            assign(user, Role.REVIEWER)


def test_customer_and_partner_are_no_roles_of_staff():
    with pytest.raises(UnableToAssign):
        assign(make_staff_user(), Role.CUSTOMER)


def propose(user, maker, **values):
    values = {"role": Role.REVIEWER, "valid_from": MARCH, **values}
    return propose_role(user=user, unit=make_head_office(), maker=maker, at=clock.now(), **values)


def test_a_proposed_role_counts_after_a_second_person_agreed(at):
    maker, checker = make_staff(Role.HEAD_OFFICE), make_staff(Role.HEAD_OFFICE)
    user = make_staff_user()
    request = propose(user, maker)
    assert roles.roles_of(again(user)) == frozenset()

    with pytest.raises(FourEyesRefused, match="Another person"):
        decide(
            model=RoleRequest,
            ref=request.ref,
            checker=maker,
            decision=Decision.APPROVED,
            at=at,
        )
    decide(model=RoleRequest, ref=request.ref, checker=checker, decision=Decision.APPROVED, at=at)

    assert roles.roles_of(again(user)) == {Role.REVIEWER}
    kinds = Entry.objects.filter(subject_ref=request.ref).values_list("kind", flat=True)
    assert list(kinds.order_by("id")) == ["branches.role_proposed", "backoffice.checker_decided"]


def test_nobody_releases_their_own_role(at):
    maker, user = make_staff(Role.HEAD_OFFICE), make_staff(Role.HEAD_OFFICE)
    request = propose(user, maker, role=Role.OPERATIONS)

    with pytest.raises(FourEyesRefused, match="for themselves"):
        decide(model=RoleRequest, ref=request.ref, checker=user, decision=Decision.APPROVED, at=at)

    request.refresh_from_db()
    assert request.is_pending


def test_an_approval_that_no_longer_fits_changes_nothing(at):
    maker, checker = make_staff(Role.HEAD_OFFICE), make_staff(Role.HEAD_OFFICE)
    user = make_staff_user()
    request = propose(user, maker)
    assign(user, Role.ADVISER)

    with pytest.raises(FourEyesRefused, match="exclude each other"):
        decide(
            model=RoleRequest,
            ref=request.ref,
            checker=checker,
            decision=Decision.APPROVED,
            at=at,
        )

    request.refresh_from_db()
    assert request.is_pending
    assert not Entry.objects.filter(kind="backoffice.checker_decided").exists()


@pytest.mark.django_db(transaction=True)
def test_two_roles_of_two_sides_given_at_once_leave_one():
    user, head_office = make_staff_user(), make_head_office()
    both_ready, outcomes = threading.Barrier(2), []

    def give(role):
        both_ready.wait()
        try:
            assign_staff(
                user=User.objects.get(pk=user.pk),
                unit=head_office,
                role=role,
                valid_from=MARCH,
                actor=ACTOR,
                at=clock.now(),
            )
            outcomes.append("given")
        except UnableToAssign:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=give, args=[r]) for r in (Role.ADVISER, Role.REVIEWER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["given", "refused"]
    assert StaffAssignment.objects.filter(user=user).count() == 1
