"""Arriving, being called and served, not coming; the wait-list; who is told what."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from branches.models import OrgUnit
from branches.visits import selectors
from branches.visits.models import Visit, WaitEntry
from branches.visits.rules.no_show import Rate
from branches.visits.states import Status, WaitStatus
from branches.visits.tasks import due_for_reminder
from branches.visits.use_cases.book_visit import book_visit
from branches.visits.use_cases.cancel_visit import cancel_visit
from branches.visits.use_cases.expire_holds import expire_holds
from branches.visits.use_cases.move_visit import move_visit
from branches.visits.use_cases.receive_visitor import UnableToReceive, check_in, take_walk_in
from branches.visits.use_cases.remind_of_visit import remind_of_visit
from branches.visits.use_cases.serve_visitor import (
    UnableToServe,
    call_next,
    call_visitor,
    finish_visit,
    miss_visit,
    put_back,
    start_serving,
)
from branches.visits.use_cases.wait_list import (
    UnableToWait,
    join_wait_list,
    leave_wait_list,
    offer_free_times,
)
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from brokerage.messaging.models import Message
from brokerage.messaging.use_cases.load_texts import load_texts
from tests.branches.factories import ACTOR
from tests.visits.factories import (
    MONDAY,
    TUESDAY,
    a_visit,
    add_staff,
    an_outlet,
    at,
    purpose,
    somebody,
)

pytestmark = pytest.mark.django_db
NOW = at(10)
GRACE = timedelta(minutes=10)


def walk_in(unit: OrgUnit, code: str = "finish_step", now=NOW, **more) -> Visit:
    return take_walk_in(unit=unit, purpose=purpose(code), actor=ACTOR, at=now, **more)


def arrived(unit: OrgUnit, hour: int, minute: int = 0) -> Visit:
    """Booked this morning at eight for then, and checked in five minutes before."""
    visit = a_visit(unit, starts_at=at(hour, minute), now=at(8))
    return check_in(visit=visit, actor=ACTOR, at=at(hour, minute) - timedelta(minutes=5))


def test_a_visit_goes_through_the_counter_and_tells_the_app_above() -> None:
    unit = an_outlet()
    officer, about = add_staff(unit, Role.OPENING_OFFICER), uuid4()
    visit = a_visit(unit, starts_at=at(10), now=at(8), subject_ref=about, step="video")
    visit = check_in(visit=visit, actor=ACTOR, at=at(9, 55))
    assert visit.ticket_text == "A001"
    assert call_next(unit=unit, user=officer, desk="2", at=NOW) == visit
    start_serving(visit=visit, user=officer, at=NOW)
    done = finish_visit(visit=visit, user=officer, at=at(10, 20))
    assert (done.status, done.served_by, done.desk) == (Status.DONE, officer, "2")
    payload = Entry.objects.get(kind="branches.visit_done").payload
    assert payload["subject_ref"] == str(about)
    assert (payload["step"], payload["purpose"]) == ("video", "finish_step")


def test_walk_ins_and_booked_visitors_stand_in_one_queue() -> None:
    unit = an_outlet()
    officer = add_staff(unit, Role.OPENING_OFFICER)
    first = walk_in(unit, now=at(9, 40))
    older = walk_in(unit, now=at(9, 50), priority=True)
    due = arrived(unit, 10)
    assert [one.ticket_text for one in (first, older, due)] == ["B001", "B002", "A003"]
    queue = selectors.queue_of(unit, day=MONDAY, at=NOW, grace=GRACE)
    assert queue.waiting == [due, older, first]
    assert queue.wait is None
    called = [call_next(unit=unit, user=officer, desk="1", at=NOW) for _n in range(4)]
    assert called == [due, older, first, None]
    assert selectors.queue_of(unit, day=MONDAY, at=NOW, grace=GRACE).wait == 0


def test_somebody_is_called_only_for_what_they_can_serve() -> None:
    unit = an_outlet()
    adviser, manager = add_staff(unit, Role.ADVISER), add_staff(unit, Role.BRANCH_MANAGER)
    ticket = walk_in(unit)
    assert call_next(unit=unit, user=adviser, desk="", at=NOW) is None
    assert call_next(unit=unit, user=manager, desk="", at=NOW) == ticket


def test_a_long_walk_in_does_not_make_a_booked_customer_wait() -> None:
    unit = an_outlet(counters=2)
    visit: Any = a_visit(unit, starts_at=at(10, 30), now=at(8))
    long = walk_in(unit, "open_account", now=at(9, 50))  # 30 minutes
    short = walk_in(unit, now=at(9, 55))  # 15 minutes
    at_ten_five = at(10, 5)
    assert call_next(unit=unit, user=visit.host, desk="", at=at_ten_five) == short
    assert call_next(unit=unit, user=visit.host, desk="", at=at_ten_five) is None
    other = add_staff(unit, Role.OPENING_OFFICER)
    assert call_next(unit=unit, user=other, desk="", at=at_ten_five) == long


def test_a_called_ticket_can_be_put_back_served_or_missed_only_once() -> None:
    unit = an_outlet()
    officer = add_staff(unit, Role.OPENING_OFFICER)
    ticket = walk_in(unit)
    with pytest.raises(UnableToServe, match="Call this"):
        start_serving(visit=ticket, user=officer, at=NOW)
    call_visitor(visit=ticket, user=officer, desk="1", at=NOW)
    with pytest.raises(UnableToServe, match="Somebody else"):
        call_visitor(visit=ticket, user=officer, desk="2", at=NOW)
    put_back(visit=ticket, user=officer, at=NOW)
    call_visitor(visit=ticket, user=officer, desk="1", at=NOW)
    assert miss_visit(visit=ticket, actor=ACTOR, at=NOW).status == Status.NO_SHOW
    with pytest.raises(UnableToServe):
        miss_visit(visit=ticket, actor=ACTOR, at=NOW)


def test_checking_in_is_for_the_day_of_the_visit() -> None:
    visit = a_visit()
    with pytest.raises(UnableToReceive, match="another day"):
        check_in(visit=visit, actor=ACTOR, at=NOW)
    first = check_in(visit=visit, actor=ACTOR, at=at(8, 50, TUESDAY))
    assert check_in(visit=visit, actor=ACTOR, at=at(8, 55, TUESDAY)).ticket == first.ticket
    cancelled = cancel_visit(visit=a_visit(), actor=ACTOR, at=NOW)
    with pytest.raises(UnableToReceive, match="ahead"):
        check_in(visit=cancelled, actor=ACTOR, at=at(9, day=TUESDAY))


def test_nobody_is_missed_before_the_time() -> None:
    visit = a_visit()
    with pytest.raises(UnableToServe, match="not come yet"):
        miss_visit(visit=visit, actor=ACTOR, at=NOW)
    missed = miss_visit(visit=visit, actor=ACTOR, at=at(9, 10, TUESDAY))
    assert missed.status == Status.NO_SHOW


def test_the_rate_counts_who_was_due_and_leaves_cancelled_visits_out() -> None:
    unit = an_outlet(counters=1)
    for hour, minute in ((9, 0), (9, 30), (10, 0), (10, 30)):
        visit = a_visit(unit, starts_at=at(hour, minute, TUESDAY))
        if hour == 9:
            miss_visit(visit=visit, actor=ACTOR, at=at(11, day=TUESDAY))
        elif minute:
            cancel_visit(visit=visit, actor=ACTOR, at=NOW)
        else:
            check_in(visit=visit, actor=ACTOR, at=at(9, 55, TUESDAY))
    units = OrgUnit.objects.filter(pk=unit.pk)
    (found,) = selectors.no_show_rates(units, first=MONDAY, last=TUESDAY)
    assert (found.unit, found.purpose) == (unit.name, "Finish a step")
    assert found.rate == Rate(2, 3)
    assert found.rate.value is None
    assert Rate(2, 40).value == Decimal("0.0500")
    assert selectors.no_show_rates(units, first=MONDAY, last=MONDAY) == []


# --- the wait-list ------------------------------------------------------------------------------
def waits(unit: OrgUnit, customer=None, last=TUESDAY) -> WaitEntry:
    return join_wait_list(
        customer=customer or somebody(),
        unit=unit,
        purpose=purpose(),
        first_day=MONDAY,
        last_day=last,
        actor=ACTOR,
        at=at(9, 30),
    )


def full(unit: OrgUnit) -> list[Visit]:
    """Every time of Monday and Tuesday is booked."""
    starts = [at(10, 30), at(11), at(11, 30)]
    starts += [at(9 + n // 2, 30 * (n % 2), TUESDAY) for n in range(6)]
    return [a_visit(unit, starts_at=start) for start in starts]


def test_a_freed_time_is_offered_in_turn_until_somebody_takes_it() -> None:
    unit = an_outlet()
    visits = full(unit)
    first, second = waits(unit), waits(unit)
    assert offer_free_times(unit=unit, at=NOW) == 0
    freed = cancel_visit(visit=visits[4], actor=ACTOR, at=NOW)

    assert offer_free_times(unit=unit, at=NOW) == 1
    first.refresh_from_db()
    assert first.status == WaitStatus.OFFERED
    assert first.visit is not None
    assert first.visit.starts_at == freed.starts_at
    assert first.visit.held_until == NOW + timedelta(minutes=60)

    later = NOW + timedelta(minutes=61)
    assert expire_holds(at=later) == 1
    assert offer_free_times(unit=unit, at=later) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (WaitStatus.EXPIRED, WaitStatus.OFFERED)
    assert second.visit is not None
    book_visit(visit=second.visit, actor=ACTOR, at=later)
    second.refresh_from_db()
    assert second.status == WaitStatus.BOOKED


def test_leaving_the_list_gives_the_offered_time_to_the_next() -> None:
    unit = an_outlet()
    visits = full(unit)
    first, second = waits(unit), waits(unit)
    cancel_visit(visit=visits[4], actor=ACTOR, at=NOW)
    offer_free_times(unit=unit, at=NOW)
    first.refresh_from_db()
    leave_wait_list(entry=first, actor=ACTOR, at=NOW)
    assert leave_wait_list(entry=first, actor=ACTOR, at=NOW).status == WaitStatus.LEFT
    assert offer_free_times(unit=unit, at=NOW) == 1
    second.refresh_from_db()
    assert second.status == WaitStatus.OFFERED


def test_nobody_is_asked_at_night_or_after_the_last_day() -> None:
    unit = an_outlet()
    entry = waits(unit, last=MONDAY)
    assert offer_free_times(unit=unit, at=at(23)) == 0
    assert offer_free_times(unit=unit, at=at(9, day=TUESDAY)) == 0
    entry.refresh_from_db()
    assert entry.status == WaitStatus.EXPIRED


def test_one_waits_once_at_an_outlet_for_a_purpose() -> None:
    unit, customer = an_outlet(), somebody()
    waits(unit, customer)
    with pytest.raises(UnableToWait, match="already"):
        waits(unit, customer)


# --- messages -----------------------------------------------------------------------------------
def test_a_reminder_with_the_list_goes_out_once_for_each_time() -> None:
    load_texts(at=NOW)
    unit = an_outlet()
    visit = a_visit(unit, starts_at=at(9, day=TUESDAY), now=at(8, day=MONDAY))
    assert due_for_reminder(at(8, 30)) == []
    found = due_for_reminder(at(9, 30))
    assert found == [visit]
    assert remind_of_visit(visit=visit, at=at(9, 30))
    assert not remind_of_visit(visit=visit, at=at(9, 40))
    message = Message.objects.get(text__kind="branches.visit_reminder")
    assert "身份证原件、手机" in str(message.context)
    assert due_for_reminder(at(9, 40)) == []
    move_visit(visit=visit, starts_at=at(10, day=TUESDAY), sequence=0, actor=ACTOR, at=at(9, 45))
    assert due_for_reminder(at(10, 30)) == [visit]


def test_whoever_books_within_the_reminders_time_gets_none() -> None:
    a_visit(starts_at=at(9, day=TUESDAY), now=at(10))
    assert due_for_reminder(at(11)) == []
