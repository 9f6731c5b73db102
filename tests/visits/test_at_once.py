"""Many at the same time, each in a connection of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from branches.visits.models import Visit
from branches.visits.states import TAKES_TIME, Status
from branches.visits.use_cases.book_visit import UnableToBook, book_visit
from branches.visits.use_cases.cancel_visit import UnableToCancel, cancel_visit
from branches.visits.use_cases.expire_holds import expire_holds
from branches.visits.use_cases.hold_slot import UnableToHold, hold_slot
from branches.visits.use_cases.locking import ChangedMeanwhile
from branches.visits.use_cases.move_visit import UnableToMove, move_visit
from branches.visits.use_cases.receive_visitor import take_walk_in
from branches.visits.use_cases.serve_visitor import call_next
from brokerage.core.roles import Role
from tests.branches.factories import ACTOR
from tests.visits.factories import TUESDAY, a_visit, add_staff, an_outlet, at, purpose, somebody

pytestmark = pytest.mark.django_db(transaction=True)
NOW = at(10)
REFUSED = (UnableToHold, UnableToBook, UnableToMove, UnableToCancel, ChangedMeanwhile)


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run all at the same moment; what each returned, or the refusal it got."""
    start = Barrier(len(acts))
    found: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            start.wait()
            with translation.override("en"):  # each thread has a language of its own
                found[place] = act()
        except REFUSED as error:
            found[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_forty_customers_for_the_last_time_make_one_booking() -> None:
    unit, wanted = an_outlet(), purpose()
    for minutes in range(30, 180, 30):
        a_visit(unit, starts_at=at(9, day=TUESDAY) + timedelta(minutes=minutes))
    customers = [somebody() for _n in range(40)]

    def take(customer: Any) -> Visit:
        visit = hold_slot(
            customer=customer,
            unit=unit,
            purpose=wanted,
            starts_at=at(9, day=TUESDAY),
            actor=ACTOR,
            at=NOW,
        )
        return book_visit(visit=visit, actor=ACTOR, at=NOW)

    found = together(*(lambda c=one: take(c) for one in customers))

    assert Counter(type(one) for one in found) == {Visit: 1, UnableToHold: 39}
    rows = Visit.objects.filter(unit=unit, starts_at=at(9, day=TUESDAY))
    assert rows.filter(status__in=TAKES_TIME).count() == 1
    assert all("just been taken" in str(one) for one in found if isinstance(one, UnableToHold))


def test_manager_and_customer_who_change_one_visit_do_not_overwrite_each_other() -> None:
    visit = a_visit()

    def move(hour: int) -> Visit:
        return move_visit(
            visit=visit, starts_at=at(hour, day=TUESDAY), sequence=0, actor=ACTOR, at=NOW
        )

    found = together(lambda: move(10), lambda: move(11))

    assert {type(one) for one in found} == {Visit, ChangedMeanwhile}
    (moved,) = (one for one in found if isinstance(one, Visit))
    visit.refresh_from_db()
    assert (visit.starts_at, visit.sequence) == (moved.starts_at, 1)


def test_a_visit_is_moved_or_cancelled_but_never_both_halves() -> None:
    visit = a_visit()
    together(
        lambda: move_visit(
            visit=visit, starts_at=at(10, day=TUESDAY), sequence=0, actor=ACTOR, at=NOW
        ),
        lambda: cancel_visit(visit=visit, actor=ACTOR, at=NOW, sequence=0),
    )
    visit.refresh_from_db()
    assert (visit.status, visit.sequence) in {(Status.CANCELLED, 0), (Status.BOOKED, 1)}


def test_a_hold_ends_or_is_booked_while_both_are_tried() -> None:
    visit = a_visit(booked=False)
    late = NOW + timedelta(minutes=10)
    booked, _ended = together(
        lambda: book_visit(visit=visit, actor=ACTOR, at=late), lambda: expire_holds(at=late)
    )
    visit.refresh_from_db()
    expected = Status.EXPIRED if isinstance(booked, UnableToBook) else Status.BOOKED
    assert visit.status == expected


def test_two_counters_call_two_people_and_tickets_have_no_gap() -> None:
    unit = an_outlet()
    officers = [add_staff(unit, Role.OPENING_OFFICER) for _n in range(4)]
    wanted = purpose()
    tickets = together(*[lambda: take_walk_in(unit=unit, purpose=wanted, actor=ACTOR, at=NOW)] * 4)
    assert sorted(one.ticket for one in tickets) == [1, 2, 3, 4]
    called = together(
        *(lambda o=one: call_next(unit=unit, user=o, desk="", at=NOW) for one in officers)
    )
    assert sorted(one.ticket for one in called) == [1, 2, 3, 4]
