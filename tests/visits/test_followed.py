"""What follows: messages in the reader's language, and freed times that find who waits."""

from __future__ import annotations

import pytest
import time_machine

from branches.visits import tasks
from branches.visits.models import WaitEntry
from branches.visits.states import Status, WaitStatus
from branches.visits.use_cases.cancel_visit import cancel_visit
from branches.visits.use_cases.move_visit import move_visit
from brokerage.journal.delivery import deliver_pending
from brokerage.messaging.models import Message
from brokerage.messaging.use_cases.load_texts import load_texts
from tests.branches.factories import ACTOR
from tests.visits.factories import TUESDAY, a_visit, a_wait, an_outlet, at

pytestmark = pytest.mark.django_db
NOW = at(10)


@pytest.fixture(autouse=True)
def house():
    load_texts(at=NOW)
    with time_machine.travel(NOW, tick=False):
        yield


def told() -> list[tuple[str, str]]:
    """Deliver the journal; kinds and values of the messages of visits, in order."""
    while deliver_pending(at=NOW):
        pass
    rows = Message.objects.filter(text__kind__regex=r"branches\.(visit|wait)_").order_by("pk")
    return [(row.text.kind, str(row.context)) for row in rows]


def test_whoever_books_is_told_once_what_to_bring() -> None:
    visit = a_visit()
    assert [kind for kind, _values in told()] == ["branches.visit_booked"]
    ((_kind, values),) = told()
    assert "身份证原件、手机" in values
    assert visit.unit.name_zh in values


@pytest.mark.parametrize(("by_staff", "expected"), [(True, 1), (False, 0)])
def test_a_change_is_told_when_the_outlet_made_it(by_staff: bool, expected: int) -> None:
    visit = a_visit()
    moved = move_visit(
        visit=visit,
        starts_at=at(10, day=TUESDAY),
        sequence=0,
        actor=ACTOR,
        at=NOW,
        by_staff=by_staff,
    )
    cancel_visit(visit=moved, actor=ACTOR, at=NOW, by_staff=by_staff)
    kinds = [kind for kind, _values in told()]
    assert kinds.count("branches.visit_moved") == expected
    assert kinds.count("branches.visit_cancelled") == expected


def test_a_freed_time_finds_who_waits_and_tells_them() -> None:
    unit = an_outlet()
    entry = a_wait(unit)
    tasks.refill(str(unit.ref))
    entry.refresh_from_db()
    assert entry.status == WaitStatus.OFFERED
    assert entry.visit is not None
    assert [kind for kind, _values in told()] == ["branches.wait_offered"]
    with time_machine.travel(at(11, 1), tick=False):
        tasks.free_holds(0)
        entry.refresh_from_db()
        assert entry.status == WaitStatus.EXPIRED
        other = a_wait(unit)
        tasks.ask_all_wait_lists(0)
    assert WaitEntry.objects.get(pk=other.pk).status == WaitStatus.OFFERED


def test_reminders_and_missed_visits_come_by_the_clock() -> None:
    visit = a_visit(starts_at=at(11, day=TUESDAY), now=at(8))
    with time_machine.travel(at(11, 5), tick=False):
        tasks.send_reminders(0)
        tasks.send_reminders(0)
    rows = Message.objects.exclude(text__kind="branches.role_given")
    kinds = list(rows.values_list("text__kind", flat=True))
    assert kinds == ["branches.visit_reminder"]
    with time_machine.travel(at(11, 10, TUESDAY), tick=False):
        tasks.note_who_did_not_come(0)
        visit.refresh_from_db()
        assert visit.status == Status.BOOKED
    with time_machine.travel(at(11, 20, TUESDAY), tick=False):
        tasks.note_who_did_not_come(0)
    visit.refresh_from_db()
    assert visit.status == Status.NO_SHOW
