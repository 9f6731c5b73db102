"""Opening, moving, closing and changing a unit by a checklist; leaving the firm."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from branches import duties_home
from branches.blockers import blockers
from branches.duties_home import steps
from branches.models import (
    Absence,
    Departure,
    EntryCode,
    OrgUnit,
    ProcedureStep,
    StaffAssignment,
    UnitLicence,
)
from branches.notices import remind_of_duties, tell_customers_of
from branches.rules.ladders import forced_leave_due, rung
from branches.selectors import profile_on, services_on
from branches.selectors.duties import forced_leave_cases
from branches.states import CodeEnd, DepartureStatus, Kind, LeaveKind, ProcedureStatus
from branches.use_cases.departures import UnableToLeave, finish_departure, start_departure
from branches.use_cases.end_assignment import end_assignment
from branches.use_cases.entry_codes import give_code
from branches.use_cases.finish_procedure import finish_procedure, move_customers
from branches.use_cases.procedure_plans import UnableToProceed
from branches.use_cases.procedures import (
    cancel_procedure,
    do_step,
    postpone_procedure,
    start_procedure,
)
from branches.use_cases.rename_unit import let_names_begin, rename_unit
from brokerage.core import roles
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from brokerage.messaging.models import Message
from tests.branches.factories import (
    ACTOR,
    assign,
    give_licence,
    make_staff,
    make_staff_user,
    make_unit,
    offer,
)
from tests.branches.test_profile import place
from tests.customers.factories import a_customer

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
DAY = date(2026, 4, 15)
ON_THE_DAY = timedelta(days=(DAY - TODAY).days)
PLACE = {"address_zh": "金华市金东区光南路1号", "division": "330703"}


@pytest.fixture
def boss():
    return make_staff(Role.HEAD_OFFICE)


@pytest.fixture
def outlet():
    unit = make_unit(code="JH-01")
    place(unit)
    return unit


def plan(kind, at, *, effective_on=DAY, unit=None, parent=None, **what):
    return start_procedure(
        kind=kind,
        unit=unit,
        parent=parent,
        effective_on=effective_on,
        plan=what,
        actor=ACTOR,
        at=at,
    )


def do_all(procedure, user, at):
    for step in procedure.steps.all():
        do_step(step=step, user=user, at=at)


def at_home(unit, phone):
    customer = a_customer(phone)
    customer.home_outlet_ref = unit.ref
    customer.save()
    return customer


def test_an_outlet_is_opened_when_every_step_is_done_and_the_day_has_come(at, boss):
    company = make_unit(Kind.BRANCH_COMPANY)
    procedure = plan(
        "opening",
        at,
        parent=company,
        code="JH-99",
        name_zh="金华新营业部",
        name_en="Jinhua New",
        outlet_type="C",
        **PLACE,
    )
    with pytest.raises(UnableToProceed, match="First comes"):
        finish_procedure(procedure=procedure, actor=ACTOR, at=at + ON_THE_DAY)
    do_all(procedure, boss, at)
    with pytest.raises(UnableToProceed, match="on the day"):
        finish_procedure(procedure=procedure, actor=ACTOR, at=at)

    done = finish_procedure(procedure=procedure, actor=ACTOR, at=at + ON_THE_DAY)

    assert done.status == ProcedureStatus.DONE
    assert done.unit == OrgUnit.objects.get(code="JH-99")
    assert str(profile_on(done.unit, DAY)) == PLACE["address_zh"]


def test_steps_come_in_order_and_by_the_right_role(at, boss, outlet):
    procedure = plan("type_change", at, unit=outlet, outlet_type="B")
    first, second = procedure.steps.all()[:2]
    stranger = make_staff(Role.BRANCH_MANAGER, outlet)

    with pytest.raises(UnableToProceed, match="First comes"):
        do_step(step=second, user=boss, at=at)
    with pytest.raises(UnableToProceed, match="Another role"):
        do_step(step=first, user=stranger, at=at)
    done = do_step(step=first, user=boss, at=at, note="第12次会议")
    assert (done.done_by_ref, done.note) == (boss.ref, "第12次会议")
    with pytest.raises(UnableToProceed, match="done already"):
        do_step(step=first, user=boss, at=at)


@pytest.mark.parametrize(
    ("kind", "what", "field"),
    [
        ("relocation", {"address_zh": "光南路1号"}, "division"),
        ("relocation", {"division": "330703"}, "address_zh"),
        ("relocation", {"address_zh": "光南路1号", "division": "999999"}, "division"),
        ("closing", {}, "successor"),
        ("type_change", {"outlet_type": "C"}, "outlet_type"),
        ("type_change", {"outlet_type": "Z"}, "outlet_type"),
    ],
)
def test_an_incomplete_plan_is_refused_beside_its_field(at, outlet, kind, what, field):
    with pytest.raises(UnableToProceed) as refused:
        plan(kind, at, unit=outlet, **what)
    assert field in refused.value.errors


def test_customers_hear_of_a_move_thirty_days_ahead(at, outlet):
    with pytest.raises(UnableToProceed, match="30 days ahead"):
        plan("relocation", at, unit=outlet, effective_on=TODAY + timedelta(days=29), **PLACE)


def test_an_announcement_that_comes_too_late_is_refused_and_the_day_can_be_moved(at, boss, outlet):
    procedure = plan("relocation", at, unit=outlet, **PLACE)
    late = at + timedelta(days=20)
    *before, announce = list(procedure.steps.all()[:3])
    for step in before:
        do_step(step=step, user=boss, at=late)
    with pytest.raises(UnableToProceed, match="30 days ahead"):
        do_step(step=announce, user=boss, at=late)

    postpone_procedure(
        procedure=procedure, effective_on=DAY + timedelta(days=30), actor=ACTOR, at=late
    )
    do_step(step=announce, user=boss, at=late)
    with pytest.raises(UnableToProceed, match="announced"):
        postpone_procedure(
            procedure=procedure, effective_on=DAY + timedelta(days=60), actor=ACTOR, at=late
        )


def test_a_move_changes_the_address_replaces_the_codes_and_tells_the_customers(at, boss, outlet):
    code = give_code(unit=outlet, ends_at=at + timedelta(days=300), actor=ACTOR, at=at)
    customer = at_home(outlet, "+8613700001234")
    procedure = plan("relocation", at, unit=outlet, **PLACE)
    do_all(procedure, boss, at)

    assert tell_customers_of(ref=procedure.ref, at=at) == 1
    tell_customers_of(ref=procedure.ref, at=at)
    finish_procedure(procedure=procedure, actor=ACTOR, at=at + ON_THE_DAY)

    code.refresh_from_db()
    assert (
        Message.objects.filter(user=customer.user, text__kind="branches.unit_relocation").count()
        == 1
    )
    assert code.end_reason == CodeEnd.RELOCATED
    assert code.replaced_by is not None
    assert code.replaced_by.unit == outlet
    assert str(profile_on(outlet, DAY - timedelta(days=1))) != PLACE["address_zh"]
    assert str(profile_on(outlet, DAY)) == PLACE["address_zh"]


def a_full_outlet(outlet, at):
    """Everything that has to be gone before it closes."""
    adviser = make_staff_user()
    assignment = assign(adviser, Role.ADVISER, outlet)
    give_code(unit=outlet, person=adviser, ends_at=at + timedelta(days=300), actor=ACTOR, at=at)
    licence = UnitLicence.objects.create(
        unit=outlet, number="L1", issuer="中国证监会", valid_from=date(2020, 1, 1)
    )
    return at_home(outlet, "+8613700001234"), assignment, licence


def test_an_outlet_closes_only_when_nothing_remains(at, boss, outlet):
    follower = make_unit(code="JH-02")
    customer, assignment, licence = a_full_outlet(outlet, at)
    procedure = plan("closing", at, unit=outlet, successor=str(follower.ref))
    steps = {step.key: step for step in procedure.steps.all()}
    found = {one.key for one in blockers(outlet, DAY)}
    assert found == {"customers", "staff", "codes", "licence"}

    with pytest.raises(UnableToProceed, match="after they were told"):
        move_customers(procedure=procedure, actor=ACTOR, at=at)
    for key in ("decision", "announce", "visits"):
        do_step(step=steps[key], user=boss, at=at)
    procedure.refresh_from_db()
    with pytest.raises(UnableToProceed, match="Customers at home"):
        do_step(step=steps["move_customers"], user=boss, at=at)
    assert move_customers(procedure=procedure, actor=ACTOR, at=at) == 1
    do_step(step=steps["move_customers"], user=boss, at=at)
    with pytest.raises(UnableToProceed, match="Staff with a role"):
        do_step(step=steps["staff"], user=boss, at=at)
    end_assignment(assignment=assignment, on=TODAY, actor=ACTOR, at=at)
    EntryCode.objects.update(ended_at=at, end_reason=CodeEnd.TAKEN_BACK)
    do_step(step=steps["staff"], user=boss, at=at)
    UnitLicence.objects.filter(pk=licence.pk).update(valid_to=DAY)
    do_step(step=steps["licence"], user=boss, at=at)

    name = {"name_zh": "新名字营业部", "name_en": "New name"}
    rename_unit(unit=outlet, **name, valid_from=DAY + timedelta(days=9), actor=ACTOR, at=at)

    finish_procedure(procedure=procedure, actor=ACTOR, at=at + ON_THE_DAY)

    outlet.refresh_from_db()
    customer.refresh_from_db()
    assert outlet.closed_on == DAY
    assert let_names_begin(at=at + ON_THE_DAY + timedelta(days=30)) == 0, "the closed keep theirs"
    assert customer.home_outlet_ref == follower.ref
    assert profile_on(outlet, DAY) is None
    check_now()


def check_now():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize("rest", ["customer", "licence", "address"])
def test_the_database_keeps_a_unit_open_while_something_remains(at, rest):
    unit = make_unit()
    if rest == "customer":
        at_home(unit, "+8613700001234")
    elif rest == "licence":
        UnitLicence.objects.create(unit=unit, number="L1", issuer="x", valid_from=TODAY)
    else:
        place(unit)
    company = OrgUnit.objects.above(unit, TODAY)[0]

    def close():
        with transaction.atomic():
            unit.placements.update(valid_to=DAY)
            OrgUnit.objects.filter(pk=unit.pk).update(closed_on=DAY)
            check_now()

    with pytest.raises(IntegrityError, match=f"closed while it has an? {rest}"):
        close()
    assert company.closed_on is None


def test_no_customer_comes_home_to_a_closed_unit():
    unit = make_unit()
    unit.placements.update(valid_to=DAY)
    OrgUnit.objects.filter(pk=unit.pk).update(closed_on=DAY)
    check_now()

    def settle():
        with transaction.atomic():
            at_home(unit, "+8613700001234")
            check_now()

    with pytest.raises(IntegrityError, match="has a customer"):
        settle()


def test_another_type_ends_the_services_that_it_may_not_give(at, boss):
    unit = make_unit(outlet_type="A")
    officer = make_staff(Role.OPENING_OFFICER, unit)
    give_licence(officer, "general")
    offer(unit, "trading_terminals", "change_details")
    procedure = plan("type_change", at, unit=unit, outlet_type="C")
    do_all(procedure, boss, at)
    finish_procedure(procedure=procedure, actor=ACTOR, at=at + ON_THE_DAY)

    unit.refresh_from_db()
    assert unit.outlet_type == "C"
    assert [one.code for one in services_on(unit, DAY)] == ["change_details"]


def test_one_procedure_of_a_unit_runs_at_a_time_and_can_be_called_off(at, outlet):
    first = plan("type_change", at, unit=outlet, outlet_type="B")
    with pytest.raises(UnableToProceed, match="Another procedure"):
        plan("relocation", at, unit=outlet, **PLACE)
    with pytest.raises(UnableToProceed, match="Say why"):
        cancel_procedure(procedure=first, actor=ACTOR, at=at, reason=" ")
    cancel_procedure(procedure=first, actor=ACTOR, at=at, reason="改为明年")

    assert plan("relocation", at, unit=outlet, **PLACE).is_running
    assert not ProcedureStep.objects.waiting().filter(procedure=first).exists()


def leave(at, **values):
    user = values.pop("user", None) or make_staff(Role.ADVISER, make_unit())
    return start_departure(
        user=user,
        successor=values.pop("successor", None) or make_staff(Role.ADVISER, make_unit()),
        leaves_on=values.pop("leaves_on", TODAY),
        actor=ACTOR,
        at=at,
    )


def test_who_leaves_leaves_nothing_behind(at):
    unit = make_unit()
    user = make_staff(Role.ADVISER, unit)
    give_licence(user, "adviser")
    give_code(unit=unit, person=user, ends_at=at + timedelta(days=9), actor=ACTOR, at=at)

    done = finish_departure(departure=leave(at, user=user), actor=ACTOR, at=at)

    user.refresh_from_db()
    assert done.status == DepartureStatus.DONE
    assert not user.is_active
    assert not StaffAssignment.objects.on(TODAY).filter(user=user).exists()
    assert not EntryCode.objects.living(at).exists()
    assert Entry.objects.filter(kind="branches.departure_done").exists()
    check_now()


def test_the_database_refuses_a_departure_with_a_role(at):
    departure = leave(at)

    def forge():
        with transaction.atomic():
            Departure.objects.filter(pk=departure.pk).update(status="done", ended_at=at)
            check_now()

    with pytest.raises(IntegrityError, match="keeps a role"):
        forge()


def test_a_departure_waits_for_its_day_and_for_an_able_successor(at):
    ahead = leave(at, leaves_on=DAY)
    gone = make_staff_user()
    gone.is_active = False
    gone.save()

    with pytest.raises(UnableToLeave, match="first day without"):
        finish_departure(departure=ahead, actor=ACTOR, at=at)
    with pytest.raises(UnableToLeave, match="active staff"):
        leave(at, successor=gone)


def test_a_head_who_leaves_is_audited_within_three_months(at):
    head = make_staff(Role.BRANCH_MANAGER, make_unit())

    assert leave(at, user=head).audit_due_on == date(2026, 6, 2)
    assert leave(at).audit_due_on is None


@pytest.mark.parametrize(
    ("left", "expected"),
    [(120, None), (91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (1, 7), (0, None)],
)
def test_the_rung_of_a_ladder(left, expected):
    assert rung(TODAY + timedelta(days=left), TODAY, [90, 30, 7]) == expected


def test_a_licence_is_reminded_of_once_a_rung(at):
    user = make_staff(Role.OPENING_OFFICER, make_unit())
    give_licence(user, "witness", valid_to=TODAY + timedelta(days=29))
    renewed = make_staff(Role.OPENING_OFFICER, make_unit())
    give_licence(renewed, "witness", valid_to=TODAY + timedelta(days=5))
    give_licence(renewed, "witness", valid_from=TODAY + timedelta(days=5))

    for days in (0, 1, 22, 23):
        remind_of_duties(at=at + timedelta(days=days))

    told = Message.objects.filter(text__kind="branches.licence_ends")
    assert {message.user for message in told} == {user}
    assert told.count() == 2  # below 30 days, and below 7


def test_forced_leave_is_due_every_three_years(at):
    unit = make_unit()
    head = make_staff(Role.BRANCH_MANAGER, unit, valid_from=date(2023, 3, 20))
    make_staff(Role.BRANCH_MANAGER, make_unit(), valid_from=date(2025, 1, 1))

    assert [(case.user, case.due_on) for case in forced_leave_cases(TODAY)] == [
        (head, date(2026, 3, 20))
    ]
    Absence.objects.create(
        user=head,
        kind=LeaveKind.FORCED,
        valid_from=date(2025, 7, 1),
        valid_to=date(2025, 7, 15),
    )
    assert forced_leave_cases(TODAY) == []
    assert forced_leave_due(date(2024, 2, 29), 3) == date(2027, 3, 1)


def test_the_home_shows_the_step_that_is_next_to_whom_it_belongs(at, boss, outlet):
    manager = make_staff(Role.BRANCH_MANAGER, outlet)
    procedure = plan("relocation", at, unit=outlet, **PLACE)
    first = procedure.steps.all()[0]

    assert [task.title for task in steps(boss, at)] == [first.title]
    assert list(steps(manager, at)) == []
    for step in procedure.steps.all()[:3]:
        do_step(step=step, user=boss, at=at)
    assert [task.title for task in steps(manager, at)] == [procedure.steps.get(key="visits").title]


def test_the_duties_of_the_home_take_few_queries(at, django_assert_max_num_queries):
    company = make_unit(Kind.BRANCH_COMPANY)
    manager = make_staff(Role.BRANCH_MANAGER, company)
    for _number in range(5):
        user = make_staff(Role.BRANCH_MANAGER, make_unit(under=company))
        give_licence(user, "witness", valid_to=TODAY + timedelta(days=20))
        assert roles.may(manager, "branches.view_licence")

    with django_assert_max_num_queries(8):
        licences = list(duties_home.licences(manager, at))
        leave = list(duties_home.leave(manager, at))

    assert len(licences) == 5
    assert len(leave) == 6  # since 2020 without one
