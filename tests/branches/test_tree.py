"""The organisation tree: kinds, places, moves, and what stood under what on a day."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from branches.models import Line, OrgUnit, Placement
from branches.rules.tree import may_stand_under
from branches.selectors import subtree
from branches.states import Kind
from branches.use_cases.move_unit import UnableToMoveUnit, move_unit
from branches.use_cases.open_unit import UnableToOpenUnit
from tests.branches.factories import ACTOR, OPENED, make_head_office, make_unit

pytestmark = pytest.mark.django_db
MARCH, MAY = date(2026, 3, 1), date(2026, 5, 1)


def check_now():
    """Run the checks that the database would make at commit."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate; set constraints all deferred")


def test_a_subtree_holds_the_unit_and_everything_under_it():
    company, elsewhere = make_unit(Kind.BRANCH_COMPANY), make_unit(Kind.BRANCH_COMPANY)
    outlet = make_unit(under=company)
    point = make_unit(Kind.SERVICE_POINT, under=outlet)
    make_unit(under=elsewhere)

    assert set(subtree(company, MARCH)) == {company, outlet, point}
    assert set(subtree(point, MARCH)) == {point}
    assert subtree(make_head_office(), MARCH).count() == 6


def test_a_subtree_is_one_query_by_index(django_assert_num_queries):
    company = make_unit(Kind.BRANCH_COMPANY)
    make_unit(under=company)

    with django_assert_num_queries(1):
        assert len(subtree(company, MARCH)) == 2


def test_units_above_come_nearest_first():
    company = make_unit(Kind.BRANCH_COMPANY)
    outlet = make_unit(under=company)

    assert list(OrgUnit.objects.above(outlet, MARCH)) == [company, make_head_office()]


def test_a_move_changes_the_future_and_keeps_the_past(at):
    old, new = make_unit(Kind.BRANCH_COMPANY), make_unit(Kind.BRANCH_COMPANY)
    outlet = make_unit(under=old)
    point = make_unit(Kind.SERVICE_POINT, under=outlet)

    move_unit(unit=outlet, parent=new, on=MAY, actor=ACTOR, at=at)

    assert set(subtree(old, date(2026, 4, 30))) == {old, outlet, point}
    assert set(subtree(old, MAY)) == {old}
    assert set(subtree(new, date(2026, 4, 30))) == {new}
    assert set(subtree(new, MAY)) == {new, outlet, point}
    check_now()


def test_a_planned_move_is_not_overtaken_by_another(at):
    outlet = make_unit()
    move_unit(unit=outlet, parent=make_unit(Kind.BRANCH_COMPANY), on=MAY, actor=ACTOR, at=at)

    with pytest.raises(UnableToMoveUnit, match="planned"):
        move_unit(unit=outlet, parent=make_unit(Kind.BRANCH_COMPANY), on=MARCH, actor=ACTOR, at=at)


# head office under itself is another test
PAIRS = [
    (kind, parent)
    for kind in Kind.values
    for parent in Kind.values
    if (kind, parent) != (Kind.HEAD_OFFICE, Kind.HEAD_OFFICE)
]


@pytest.mark.parametrize(("kind", "parent_kind"), PAIRS)
def test_the_database_and_the_rule_allow_the_same_kinds(kind, parent_kind):
    make_head_office()
    parent = make_head_office() if parent_kind == Kind.HEAD_OFFICE else make_unit(parent_kind)
    if kind == Kind.HEAD_OFFICE:
        unit = make_head_office()
    else:
        unit = make_unit(kind)
        Placement.objects.filter(unit=unit).delete()

    def place():
        with transaction.atomic():
            Placement.objects.create(unit=unit, parent=parent, valid_from=OPENED)

    if may_stand_under(kind, parent_kind):
        place()
    else:
        with pytest.raises(IntegrityError, match="the tree has no"):
            place()
        transaction.set_rollback(True)


def test_only_head_office_stands_alone():
    with pytest.raises(UnableToOpenUnit, match="Every unit but head office"):
        make_unit(Kind.HEAD_OFFICE, under=make_head_office())

    OrgUnit.objects.create(
        kind=Kind.DEPARTMENT, code="LOST", name_zh="无", name_en="None", opened_on=OPENED
    )
    with pytest.raises(IntegrityError, match="has no place in the tree"):
        check_now()
    transaction.set_rollback(True)


def test_there_is_one_head_office():
    make_head_office()

    with pytest.raises(UnableToOpenUnit, match="There is a head office already"):
        make_unit(Kind.HEAD_OFFICE)


def test_a_circle_of_departments_is_refused(at):
    above = make_unit(Kind.DEPARTMENT)
    below = make_unit(Kind.DEPARTMENT, under=above)

    with pytest.raises(UnableToMoveUnit, match="under itself"):
        move_unit(unit=above, parent=below, on=MAY, actor=ACTOR, at=at)

    assert set(subtree(above, MAY)) == {above, below}


def test_a_circle_over_time_is_refused_too(at):
    """B leaves A in May; A may stand under B from May on, not before."""
    a = make_unit(Kind.DEPARTMENT)
    b = make_unit(Kind.DEPARTMENT, under=a)
    move_unit(unit=b, parent=make_head_office(), on=MAY, actor=ACTOR, at=at)

    with pytest.raises(UnableToMoveUnit):
        move_unit(unit=a, parent=b, on=date(2026, 4, 1), actor=ACTOR, at=at)
    move_unit(unit=a, parent=b, on=MAY, actor=ACTOR, at=at)

    assert set(subtree(b, MAY)) == {a, b}


def test_the_kind_of_a_unit_never_changes():
    outlet = make_unit()

    with (
        pytest.raises(Exception, match="Cannot update"),
        transaction.atomic(),
    ):
        OrgUnit.objects.filter(pk=outlet.pk).update(kind=Kind.SERVICE_POINT, outlet_type="")


def test_a_unit_with_units_or_staff_cannot_be_closed():
    company = make_unit(Kind.BRANCH_COMPANY)
    make_unit(under=company)
    check_now()

    OrgUnit.objects.filter(pk=company.pk).update(closed_on=MAY)

    with pytest.raises(IntegrityError, match="still belong to it"):
        check_now()
    transaction.set_rollback(True)


def test_no_time_is_left_without_a_place():
    outlet = make_unit()
    outlet.placements.update(valid_to=MAY)

    with pytest.raises(IntegrityError, match="has no place in the tree"):
        check_now()
    transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_cannot_make_a_circle(at):
    a, b = make_unit(Kind.DEPARTMENT), make_unit(Kind.DEPARTMENT)
    both_ready, outcomes = threading.Barrier(2), []

    def move(unit, parent):
        both_ready.wait()
        try:
            move_unit(unit=unit, parent=parent, on=MAY, actor=ACTOR, at=at)
            outcomes.append("moved")
        except UnableToMoveUnit:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=move, args=pair) for pair in [(a, b), (b, a)]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["moved", "refused"]
    circles = [
        line for line in Line.objects.filter(depth__gt=0) if line.ancestor_id == line.descendant_id
    ]
    assert circles == []
