"""Holding, booking, moving and cancelling a time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from branches.models import Absence, HoursException, Licence, StaffAssignment, UnitService
from branches.visits.models import Visit
from branches.visits.selectors import free_times
from branches.visits.states import Status
from branches.visits.use_cases.block_time import UnableToBlock, block_time, release_time
from branches.visits.use_cases.book_visit import UnableToBook, book_visit, confirm_visit
from branches.visits.use_cases.cancel_visit import UnableToCancel, cancel_visit
from branches.visits.use_cases.expire_holds import expire_holds
from branches.visits.use_cases.hold_slot import UnableToHold, hold_slot
from branches.visits.use_cases.locking import ChangedMeanwhile
from branches.visits.use_cases.move_visit import UnableToMove, move_visit
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from tests.branches.factories import ACTOR, assign
from tests.visits.factories import (
    TUESDAY,
    a_visit,
    add_room,
    add_staff,
    an_outlet,
    at,
    purpose,
    somebody,
)

pytestmark = pytest.mark.django_db
NOW = at(10)


def times(unit, code: str = "finish_step", **more) -> dict[date, list[datetime]]:
    days = free_times([unit], purpose(code), at=more.pop("now", NOW), **more).get(unit.pk, [])
    return {day.day: [one.starts_at for one in day.times] for day in days if day.open}


def test_two_weeks_of_mornings_are_offered_without_the_time_that_is_too_near() -> None:
    found = times(an_outlet())
    assert found[date(2026, 3, 2)] == [at(10, 30), at(11), at(11, 30)]
    assert found[TUESDAY][0] == at(9, day=TUESDAY)
    assert len(found[TUESDAY]) == 6
    assert max(found) == date(2026, 3, 16)
    assert date(2026, 3, 7) not in found  # a Saturday


def test_holidays_and_exceptions_change_what_is_offered() -> None:
    unit = an_outlet()
    HoursException.objects.create(unit=unit, day=TUESDAY)
    HoursException.objects.create(
        unit=unit, day=date(2026, 3, 7), opens=at(9).time(), closes=at(10).time()
    )
    found = times(unit)
    assert TUESDAY not in found
    assert found[date(2026, 3, 7)] == [at(9, day=date(2026, 3, 7)), at(9, 30, date(2026, 3, 7))]
    holiday = at(10, day=date(2026, 4, 4))  # Qingming
    assert date(2026, 4, 6) not in times(unit, now=holiday)


@pytest.mark.parametrize(
    ("code", "role", "offered"),
    [
        ("finish_step", Role.OPENING_OFFICER, True),
        ("finish_step", Role.ADVISER, False),
        ("wealth_talk", Role.ADVISER, True),
        ("wealth_talk", Role.OPENING_OFFICER, False),
        ("double_recording", Role.OPENING_OFFICER, True),
    ],
)
def test_only_people_of_the_role_and_licence_are_offered(code, role, offered) -> None:
    assert any(times(an_outlet(role), code).values()) is offered


def test_a_lapsed_licence_leave_and_an_ended_offer_take_the_times_away() -> None:
    unit = an_outlet()
    wednesday, thursday, friday = (TUESDAY + timedelta(days=n) for n in (1, 2, 3))
    user = StaffAssignment.objects.get(unit=unit).user
    Absence.objects.create(user=user, valid_from=TUESDAY, valid_to=wednesday, created_at=NOW)
    Licence.objects.filter(user=user, kind__code="witness").update(valid_to=friday)
    found = times(unit)
    assert found[TUESDAY] == []
    assert found[wednesday]
    assert found[thursday]
    assert found[friday] == []
    UnitService.objects.filter(unit=unit, service__code="open_account").update(valid_to=thursday)
    assert times(unit)[thursday] == []


def test_a_room_of_the_right_kind_is_needed_and_taken() -> None:
    unit = an_outlet(Role.OPENING_OFFICER, Role.OPENING_OFFICER)
    first = a_visit(unit)
    assert first.room is not None
    assert at(9, day=TUESDAY) not in times(unit)[TUESDAY]  # two people, one counter
    add_room(unit, "2号窗口", "counter")
    second = a_visit(unit)
    assert {first.host_id, second.host_id} == set(Visit.objects.values_list("host_id", flat=True))
    assert first.host_id != second.host_id
    assert first.room_id != second.room_id


def test_booking_is_a_hold_then_a_promise_on_record() -> None:
    about = uuid4()
    visit = a_visit(booked=False, subject_ref=about, step="video")
    assert visit.status == Status.HELD
    assert visit.held_until == NOW + timedelta(minutes=10)

    visit = book_visit(visit=visit, actor=ACTOR, at=NOW)
    visit = book_visit(visit=visit, actor=ACTOR, at=NOW)

    assert (visit.status, visit.held_until) == (Status.BOOKED, None)
    entry = Entry.objects.get(kind="branches.visit_booked")
    assert entry.payload["subject_ref"] == str(about)
    assert entry.payload["step"] == "video"
    assert "+86" not in str(entry.payload)
    assert confirm_visit(visit=visit, actor=ACTOR, at=NOW).status == Status.CONFIRMED


def test_a_taken_time_is_refused_with_the_nearest_others() -> None:
    unit = an_outlet()
    a_visit(unit, starts_at=at(10, day=TUESDAY))
    with pytest.raises(UnableToHold, match="just been taken") as refused:
        a_visit(unit, starts_at=at(10, day=TUESDAY))
    assert refused.value.alternatives == [
        at(9, day=TUESDAY),
        at(9, 30, TUESDAY),
        at(10, 30, TUESDAY),
    ]


@pytest.mark.parametrize(
    "when",
    [at(9), at(10, 15), at(9, 7, TUESDAY), at(13, day=TUESDAY), at(9, day=date(2026, 4, 1))],
)
def test_a_time_that_is_not_offered_cannot_be_held(when: datetime) -> None:
    with pytest.raises(UnableToHold):
        a_visit(starts_at=when)


def test_a_customer_holds_one_time_and_books_three() -> None:
    unit, customer = an_outlet(), somebody()
    first = a_visit(unit, customer=customer, booked=False)
    a_visit(unit, customer=customer, starts_at=at(9, 30, TUESDAY), booked=False)
    first.refresh_from_db()
    assert first.status == Status.CANCELLED
    for hour in (9, 10, 11):
        a_visit(unit, customer=customer, starts_at=at(hour, day=TUESDAY))
    with pytest.raises(UnableToHold, match="as many visits"):
        a_visit(unit, customer=customer, starts_at=at(9, 30, TUESDAY))


def test_nobody_is_in_two_outlets_at_once() -> None:
    customer = somebody()
    a_visit(customer=customer)
    with pytest.raises(UnableToHold, match="another visit"):
        a_visit(customer=customer)
    one, other = an_outlet(), an_outlet(Role.ADVISER)
    shared = add_staff(one, Role.BRANCH_MANAGER)
    assign(shared, Role.OPENING_OFFICER, other)
    visit: Any = a_visit(other)
    assert visit.host == shared
    assert times(one)[TUESDAY]  # the officer of `one` is still free
    with transaction.atomic(), pytest.raises(IntegrityError, match="a_person_has_one_visit"):
        Visit.objects.create(
            customer=somebody(),
            unit=one,
            purpose=visit.purpose,
            status=Status.BOOKED,
            day=visit.day,
            starts_at=visit.starts_at + timedelta(minutes=5),
            ends_at=visit.ends_at,
            host=shared,
        )


def test_a_hold_that_ran_out_is_free_for_others_and_honoured_if_nobody_took_it() -> None:
    unit = an_outlet()
    mine = a_visit(unit, booked=False)
    late = NOW + timedelta(minutes=11)
    assert book_visit(visit=mine, actor=ACTOR, at=late).status == Status.BOOKED
    other = a_visit(unit, starts_at=at(10, day=TUESDAY), booked=False)
    taken = a_visit(unit, starts_at=at(10, day=TUESDAY), now=late)
    other.refresh_from_db()
    assert (other.status, taken.status) == (Status.EXPIRED, Status.BOOKED)
    with pytest.raises(UnableToBook, match="gone"):
        book_visit(visit=other, actor=ACTOR, at=late)


def test_holds_that_ran_out_end_by_the_clock() -> None:
    visit = a_visit(booked=False)
    assert expire_holds(at=NOW + timedelta(minutes=9)) == 0
    assert expire_holds(at=NOW + timedelta(minutes=10)) == 1
    visit.refresh_from_db()
    assert visit.status == Status.EXPIRED


def test_a_moved_visit_keeps_its_row_and_must_be_confirmed_anew() -> None:
    unit = an_outlet()
    visit = confirm_visit(visit=a_visit(unit), actor=ACTOR, at=NOW)
    moved = move_visit(visit=visit, starts_at=at(9, 30, TUESDAY), sequence=0, actor=ACTOR, at=NOW)
    assert (moved.pk, moved.status, moved.sequence) == (visit.pk, Status.BOOKED, 1)
    assert at(9, day=TUESDAY) in times(unit)[TUESDAY]
    with pytest.raises(ChangedMeanwhile):
        move_visit(visit=visit, starts_at=at(10, day=TUESDAY), sequence=0, actor=ACTOR, at=NOW)
    with pytest.raises(ChangedMeanwhile):
        cancel_visit(visit=visit, actor=ACTOR, at=NOW, sequence=0)


def test_a_visit_may_move_into_its_own_time_but_not_onto_another() -> None:
    unit = an_outlet()
    long = a_visit(unit, code="double_recording")  # 45 minutes
    moved = move_visit(visit=long, starts_at=at(9, 30, TUESDAY), sequence=0, actor=ACTOR, at=NOW)
    assert moved.starts_at == at(9, 30, TUESDAY)
    a_visit(unit, starts_at=at(11, day=TUESDAY))
    with pytest.raises(UnableToMove, match="taken"):
        move_visit(visit=moved, starts_at=at(10, 30, TUESDAY), sequence=1, actor=ACTOR, at=NOW)


def test_a_cancelled_time_is_free_again_and_what_ended_stays() -> None:
    unit = an_outlet()
    visit = cancel_visit(visit=a_visit(unit), actor=ACTOR, at=NOW)
    assert at(9, day=TUESDAY) in times(unit)[TUESDAY]
    with pytest.raises(UnableToCancel):
        cancel_visit(visit=visit, actor=ACTOR, at=NOW)
    with pytest.raises(UnableToMove):
        move_visit(visit=visit, starts_at=at(10, day=TUESDAY), sequence=0, actor=ACTOR, at=NOW)


def test_blocked_time_is_not_offered_until_it_is_released() -> None:
    unit = an_outlet()
    visit = a_visit(unit)
    with pytest.raises(UnableToBlock, match="Move it first"):
        block(unit, visit.host, 9, 10)
    made = block(unit, visit.host, 10, 11)
    assert at(10, day=TUESDAY) not in times(unit)[TUESDAY]
    assert at(11, day=TUESDAY) in times(unit)[TUESDAY]
    release_time(block=made, actor=ACTOR, at=NOW)
    assert at(10, day=TUESDAY) in times(unit)[TUESDAY]


@pytest.mark.parametrize(("start", "end"), [(11, 10), (10, 10)])
def test_a_block_ends_after_it_begins(start: int, end: int) -> None:
    unit = an_outlet()
    with pytest.raises(UnableToBlock, match="end cannot lie"):
        block(unit, add_staff(unit, Role.ADVISER), start, end)


def test_a_block_concerns_people_and_rooms_of_the_outlet() -> None:
    unit, other = an_outlet(), an_outlet()
    with pytest.raises(UnableToBlock, match="does not work"):
        block(unit, add_staff(other, Role.ADVISER), 9, 10)
    with pytest.raises(UnableToBlock, match="another outlet"):
        block_time(
            unit=unit,
            room=other.rooms.first(),
            starts_at=at(9),
            ends_at=at(10),
            actor=ACTOR,
            at=NOW,
        )
    with pytest.raises(UnableToBlock, match="person or a room"):
        block_time(unit=unit, starts_at=at(9), ends_at=at(10), actor=ACTOR, at=NOW)


def block(unit, user, start: int, end: int):
    return block_time(
        unit=unit,
        person=user,
        starts_at=at(start, day=TUESDAY),
        ends_at=at(end, day=TUESDAY),
        actor=ACTOR,
        at=NOW,
    )


def test_two_weeks_over_twenty_outlets_take_four_queries() -> None:
    units = [an_outlet() for _n in range(20)]
    wanted = purpose()
    with CaptureQueriesContext(connection) as caught:
        found = free_times(units, wanted, at=NOW)
    assert len(caught) == 4
    assert len(found) == 20
    assert all(len(day.times) in (3, 6) for day in found[units[0].pk] if day.open)


def test_an_outlet_that_closes_offers_nothing_from_that_day_on() -> None:
    unit = an_outlet()
    unit.closed_on = TUESDAY  # not saved: the database lets no unit close with people in it
    assert set(times(unit)) == {date(2026, 3, 2)}


def test_what_is_held_for_nobody_is_refused_by_the_database() -> None:
    visit = a_visit()
    for change in (
        {"status": Status.HELD},
        {"status": Status.DONE},
        {"status": Status.CHECKED_IN},
        {"host": None},
        {"ends_at": visit.starts_at},
        {"status": "unknown"},
        {"ended_at": NOW},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Visit.objects.filter(pk=visit.pk).update(**change)


def test_hold_slot_refuses_a_purpose_the_type_may_not_give() -> None:
    unit = an_outlet()
    with pytest.raises(UnableToHold):
        hold_slot(
            customer=somebody(),
            unit=unit.placements.get().parent,
            purpose=purpose(),
            starts_at=at(9, day=TUESDAY),
            actor=ACTOR,
            at=NOW,
        )


def test_no_outlet_closes_while_a_visit_lies_ahead() -> None:
    unit = an_outlet()
    visit = a_visit(unit)

    def close() -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                # staff and facts have checks of their own; only the visit's is asked here
                cursor.execute("set constraints all deferred")
                cursor.execute("set constraints closed_units_have_no_visit immediate")
            unit.closed_on = TUESDAY
            unit.save(update_fields=["closed_on"])
            transaction.set_rollback(True)

    with pytest.raises(IntegrityError, match="a visit"):
        close()
    cancel_visit(visit=visit, actor=ACTOR, at=NOW)
    close()
