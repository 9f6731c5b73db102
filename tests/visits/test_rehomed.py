"""Visits of an outlet that closes or moves house go along, and every customer hears of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from branches.models import OrgUnit, UnitProcedure
from branches.states import ProcedureKind
from branches.visits.selectors import free_times
from branches.visits.states import Status
from branches.visits.tasks import follow_procedure, follow_procedures
from branches.visits.use_cases.rehome_visits import rehome_visits, tell_of_new_address
from brokerage.core.roles import Role
from brokerage.journal.delivery import deliver_pending
from brokerage.messaging.models import Message
from brokerage.messaging.texts import words_of
from brokerage.messaging.use_cases.load_texts import load_texts
from tests.branches.factories import ACTOR, make_unit
from tests.visits.factories import MONDAY, TUESDAY, a_visit, an_outlet, at, purpose, somebody

pytestmark = pytest.mark.django_db
NOW = at(10)
WEDNESDAY = TUESDAY + timedelta(days=1)
NINE = at(9, day=WEDNESDAY)


@pytest.fixture(autouse=True)
def house():
    load_texts(at=NOW)
    with time_machine.travel(NOW, tick=False):
        yield


def planned(unit: OrgUnit, kind: str, on: date, **plan: str) -> UnitProcedure:
    """An announced procedure."""
    return UnitProcedure.objects.create(
        kind=kind,
        unit=unit,
        parent=make_unit(),
        plan=plan,
        effective_on=on,
        announced_on=MONDAY,
        rule_version="test",
        created_at=NOW,
    )


def closing(unit: OrgUnit, there: OrgUnit) -> UnitProcedure:
    return planned(unit, ProcedureKind.CLOSING, WEDNESDAY, successor=str(there.ref))


def told(kind: str) -> list[str]:
    while deliver_pending(at=NOW):
        pass
    rows = Message.objects.filter(text__kind=kind).order_by("pk")
    return [str(row.context) for row in rows]


def test_a_visit_after_the_last_day_goes_to_the_outlet_that_follows() -> None:
    unit, there = an_outlet(), an_outlet()
    early, late = a_visit(unit), a_visit(unit, starts_at=NINE)

    follow_procedure(procedure=str(closing(unit, there).ref))

    early.refresh_from_db()
    late.refresh_from_db()
    assert early.unit == unit
    assert (late.unit, late.starts_at, late.status) == (there, NINE, Status.BOOKED)
    assert late.sequence == 1
    (message,) = told("branches.visit_rehomed")
    assert unit.name_zh in message
    assert there.name_zh in message


def test_a_taken_hour_becomes_the_nearest_and_nobody_is_booked_twice() -> None:
    unit, there = an_outlet(), an_outlet()
    a_visit(there, starts_at=NINE)
    moved = a_visit(unit, starts_at=NINE)

    assert rehome_visits(unit=unit, there=there, since=WEDNESDAY, actor=ACTOR, at=NOW) == (1, 0)

    moved.refresh_from_db()
    assert moved.unit == there
    assert moved.starts_at == at(9, 30, day=WEDNESDAY)


def test_a_customer_who_is_elsewhere_then_gets_another_hour() -> None:
    unit, there = an_outlet(), an_outlet()
    customer = somebody()
    mine = a_visit(unit, customer=customer, starts_at=NINE)
    other = an_outlet()
    a_visit(there, starts_at=NINE)  # leaves only later hours there
    a_visit(other, customer=customer, starts_at=at(9, 30, day=WEDNESDAY))

    rehome_visits(unit=unit, there=there, since=WEDNESDAY, actor=ACTOR, at=NOW)

    mine.refresh_from_db()
    assert mine.unit == there
    assert mine.starts_at == at(10, day=WEDNESDAY)


def test_what_the_next_outlet_cannot_do_is_cancelled_and_told() -> None:
    unit, there = an_outlet(Role.ADVISER), an_outlet(Role.OPENING_OFFICER)
    talk = a_visit(unit, starts_at=NINE, code="wealth_talk")

    assert rehome_visits(unit=unit, there=there, since=WEDNESDAY, actor=ACTOR, at=NOW) == (0, 1)

    talk.refresh_from_db()
    assert talk.status == Status.CANCELLED
    assert len(told("branches.visit_cancelled")) == 1


def test_nobody_books_beyond_the_announced_end() -> None:
    unit = an_outlet()

    def days() -> set[date]:
        found = free_times([unit], purpose(), at=NOW)[unit.pk]
        return {day.day for day in found if day.times}

    assert WEDNESDAY in days()
    closing(unit, an_outlet())
    assert days() == {MONDAY, TUESDAY}


def test_a_new_address_is_told_once_for_each_visit_and_to_those_who_book_later() -> None:
    unit = an_outlet()
    first = a_visit(unit, starts_at=NINE)
    planned(unit, ProcedureKind.RELOCATION, WEDNESDAY, address_zh="光南路1号")

    follow_procedures(0)
    later = a_visit(unit, starts_at=at(10, day=WEDNESDAY))
    follow_procedures(0)
    again = tell_of_new_address(unit=unit, since=WEDNESDAY, actor=ACTOR, at=NOW)

    first.refresh_from_db()
    later.refresh_from_db()
    assert (first.starts_at, first.sequence, later.sequence, again) == (NINE, 1, 1, 0)
    messages = told("branches.visit_relocated")
    assert len(messages) == 2
    assert all("光南路1号" in message for message in messages)


@pytest.mark.parametrize(
    ("language", "address"), [("en", "1 Guangnan Road, Jindong"), ("zh-hans", "光南路1号")]
)
def test_a_new_address_is_told_in_the_language_of_the_reader(language: str, address: str) -> None:
    unit = an_outlet()
    a_visit(unit, starts_at=NINE)
    planned(
        unit,
        ProcedureKind.RELOCATION,
        WEDNESDAY,
        address_zh="光南路1号",
        address_en="1 Guangnan Road, Jindong",
    )

    follow_procedures(0)
    told("branches.visit_relocated")

    (message,) = Message.objects.filter(text__kind="branches.visit_relocated")
    assert address in words_of(message, language).body
