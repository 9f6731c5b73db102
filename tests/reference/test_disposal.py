"""Disposal: never early, never against a hold, in batches that survive a kill.

Pending switch rows stand for any record: they have a ref and an instant from which they count.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import StringIO
from threading import Event, Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from brokerage.core import retention
from brokerage.core.clock import SHANGHAI
from brokerage.core.four_eyes import approve, reject
from brokerage.journal.models import Entry
from brokerage.journal.retention import run
from brokerage.reference.models import Switch
from brokerage.reference.schemas import Schema, Type, register, schemas
from brokerage.reference.use_cases.holds import HoldRefused, ask_release, lock_holds, place_hold
from tests.reference.factories import CHECKER, MAKER, make_rule

TERM = "test.kept"
if TERM not in schemas:
    register(Schema(key=TERM, label="kept", type=Type.PERIOD))

NINETY = timedelta(days=90)


def rows():
    return Switch.objects.filter(key="test.record")


def due(before: datetime):
    return rows().filter(made_at__lt=before)


def policy(**values) -> retention.Policy:
    given = {
        "key": "test.records",
        "label": "records",
        "rule": TERM,
        "due": due,
        "held_by": {"test.record": "ref", "test.person": "made_by_ref"},
    }
    return retention.Policy(**{**given, **values})


def make(made_at: datetime, count: int = 1) -> list[Switch]:
    return [
        Switch.objects.create(
            key="test.record",
            is_on=True,
            starts_at=made_at,
            reason="x",
            made_by_ref=MAKER,
            made_at=made_at,
        )
        for _ in range(count)
    ]


@pytest.fixture
def term(db, at):
    return make_rule(at, key=TERM, value="P90D")


def entries(kind: str):
    return Entry.objects.filter(kind=kind).order_by("pk")


def test_nothing_goes_a_day_early(term):
    began = datetime(2026, 1, 10, 23, 59, tzinfo=SHANGHAI)
    make(began)
    last = datetime(2026, 4, 10, 23, 59, 59, tzinfo=SHANGHAI)  # the 90th day
    assert run(last, only=[policy()])[0].disposed == 0
    assert run(last + timedelta(seconds=1), only=[policy()])[0].disposed == 1
    assert not rows().exists()


def test_twenty_years_count_in_calendar_years(at, db):
    make_rule(at, key=TERM, value="P20Y", valid_from=date(2000, 1, 1))
    make(datetime(2006, 3, 1, 12, tzinfo=SHANGHAI))
    kept = make(datetime(2006, 3, 2, 0, 0, tzinfo=SHANGHAI))
    assert run(at, only=[policy()])[0].disposed == 1
    assert list(rows()) == kept


def test_without_a_rule_in_force_nothing_goes(at, db):
    make(at - timedelta(days=9_000))
    make_rule(at, key=TERM, value="P1D", approved=False)
    (outcome,) = run(at, only=[policy()])
    assert (outcome.before, outcome.disposed) == (None, 0)
    assert rows().count() == 1
    finished = entries("journal.disposal_finished").get()
    assert finished.payload["without_rule"] == ["test.records"]


def test_a_dry_run_counts_and_changes_nothing(term, at):
    old = make(at - NINETY * 2, 3)
    place_hold(subject_type="test.record", subject_ref=old[0].ref, reason="f 1", by=MAKER, at=at)
    (outcome,) = run(at, True, only=[policy()])
    assert (outcome.due, outcome.held, outcome.disposed) == (2, 1, 0)
    assert rows().count() == 3
    assert not entries("journal.records_disposed").exists()
    assert not entries("journal.disposal_finished").exists()


def test_work_is_done_in_batches_each_with_its_entry(term, at):
    make(at - NINETY * 2, 5)
    (outcome,) = run(at, only=[policy()], batch=2)
    assert (outcome.due, outcome.disposed) == (5, 5)
    batches = entries("journal.records_disposed")
    assert [entry.payload["rows"] for entry in batches] == [2, 2, 1]
    assert {entry.rule_version for entry in batches} == {f"{TERM}@2024-01-01"}
    assert len({entry.subject_ref for entry in batches}) == 1
    assert entries("journal.disposal_finished").get().payload["disposed"] == 5


def test_a_hold_on_a_record_or_on_its_person_keeps_it(term, at):
    old = make(at - NINETY * 2, 2)
    hold = place_hold(
        subject_type="test.record", subject_ref=old[0].ref, reason="file 7", by=MAKER, at=at
    )
    assert run(at, only=[policy()])[0].disposed == 1
    approve(hold, CHECKER, at)
    hold.save()
    assert run(at, only=[policy()])[0].held == 1
    place_hold(subject_type="test.person", subject_ref=MAKER, reason="file 8", by=MAKER, at=at)
    release(hold, at)
    assert run(at, only=[policy()])[0].disposed == 0
    assert list(rows()) == [old[0]]


def release(hold, at):
    wish = ask_release(hold=hold, reason="closed", by=MAKER, at=at)
    approve(wish, CHECKER, at)
    wish.save()


def test_a_hold_ends_by_rejection_or_by_an_approved_release_only(term, at):
    (record,) = make(at - NINETY * 2)
    place = {"subject_type": "test.record", "subject_ref": record.ref, "by": MAKER, "at": at}
    wrong = place_hold(reason="file 1", **place)
    reject(wrong, CHECKER, at, "another person")
    wrong.save()
    right = place_hold(reason="file 2", **place)
    ask_release(hold=right, reason="closed", by=MAKER, at=at)
    assert run(at, only=[policy()])[0].held == 1  # the wish alone ends nothing
    with pytest.raises(HoldRefused):
        ask_release(hold=right, reason="again", by=MAKER, at=at)
    wish = right.releases.get()
    approve(wish, CHECKER, at)
    wish.save()
    assert run(at, only=[policy()])[0].disposed == 1


@pytest.mark.parametrize("reason", ["", " "])
def test_a_hold_and_its_release_need_a_reason(term, at, reason):
    place = {"subject_type": "test.record", "subject_ref": MAKER, "by": MAKER, "at": at}
    with pytest.raises(HoldRefused):
        place_hold(reason=reason, **place)
    hold = place_hold(reason="file 1", **place)
    with pytest.raises(HoldRefused):
        ask_release(hold=hold, reason=reason, by=MAKER, at=at)


def test_one_bad_row_blocks_no_others(term, at):
    old = make(at - NINETY * 2, 5)

    def dispose(chosen):
        if chosen.filter(pk=old[1].pk).exists():
            raise ValueError("cannot go")
        return retention.delete(chosen)

    (outcome,) = run(at, only=[policy(dispose=dispose)], batch=3)
    assert (outcome.disposed, outcome.error) == (4, "ValueError")
    assert list(rows()) == [old[1]]
    assert entries("journal.disposal_finished").get().payload["failed"] == ["test.records"]


def test_one_failing_policy_stops_no_other(term, at):
    make(at - NINETY * 2)

    def broken(before):
        raise RuntimeError("no such column")

    first, second = run(at, only=[policy(key="a.broken", due=broken), policy()])
    assert first.error == "RuntimeError"
    assert second.disposed == 1


def test_a_policy_that_leaves_its_rows_due_is_undone(term, at):
    make(at - NINETY * 2)
    (outcome,) = run(at, only=[policy(dispose=lambda chosen: chosen.update(reason="gone"))])
    assert (outcome.error, outcome.disposed) == ("NotDisposed", 0)
    assert rows().get().reason == "x"
    assert not entries("journal.records_disposed").exists()


def test_overwriting_disposes_once(term, at):
    make(at - NINETY * 2, 2)
    overwrite = policy(
        due=lambda before: due(before).exclude(reason=""), dispose=retention.anonymise(reason="")
    )
    assert run(at, only=[overwrite])[0].disposed == 2
    assert run(at, only=[overwrite])[0].due == 0
    assert rows().filter(reason="").count() == 2


def test_a_killed_run_loses_nothing_and_the_next_one_goes_on(term, at):
    make(at - NINETY * 2, 6)
    seen: list[int] = []

    def dispose(chosen):
        if len(seen) == 2:
            raise KeyboardInterrupt  # the process dies inside the third batch
        seen.append(chosen.count())
        return retention.delete(chosen)

    with pytest.raises(KeyboardInterrupt):
        run(at, only=[policy(dispose=dispose)], batch=2)
    assert rows().count() == 2
    assert entries("journal.records_disposed").count() == 2
    assert run(at, only=[policy()])[0].disposed == 2
    assert sum(entry.payload["rows"] for entry in entries("journal.records_disposed")) == 6


@pytest.fixture
def swept():
    """Removes what tests with real transactions left: reference tables outlive the flush."""
    yield
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in ("reference_rule", "reference_switch"):
            cursor.execute(f"DELETE FROM {table} WHERE key LIKE 'test.%'")
        cursor.execute("DELETE FROM reference_legalhold WHERE subject_type LIKE 'test.%'")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("swept")
def test_a_row_that_somebody_works_on_is_left_for_the_next_day(at):
    make_rule(at, key=TERM, value="P90D")
    old = make(at - NINETY * 2, 2)
    locked, done = Event(), Event()

    def work():
        with transaction.atomic():
            Switch.objects.select_for_update().get(pk=old[0].pk)
            locked.set()
            done.wait(20)
        connection.close()

    worker = Thread(target=work)
    worker.start()
    assert locked.wait(20)
    try:
        assert run(at, only=[policy()])[0].disposed == 1
    finally:
        done.set()
        worker.join()
    assert list(rows()) == [old[0]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("swept")
def test_a_hold_and_a_batch_take_turns(at):
    make_rule(at, key=TERM, value="P90D")
    (record,) = make(at - NINETY * 2)
    outcome = []

    def dispose_all():
        outcome.extend(run(at, only=[policy()]))
        connection.close()

    with transaction.atomic():
        lock_holds()
        worker = Thread(target=dispose_all)
        worker.start()
        worker.join(0.3)
        assert worker.is_alive()  # it waits for the hold to commit
        place_hold(
            subject_type="test.record", subject_ref=record.ref, reason="f 1", by=MAKER, at=at
        )
    worker.join(20)
    assert outcome[0].disposed == 0
    assert rows().count() == 1


def test_the_command_says_what_it_did(term, at):
    retention.register(policy())
    make(at - NINETY * 2, 2)
    out = StringIO()
    try:
        call_command("dispose", "--dry-run", "--policy", "test.records", stdout=out)
        call_command("dispose", "--policy", "test.records", stdout=out)
        with pytest.raises(CommandError, match="No policy"):
            call_command("dispose", "--policy", "test.unknown", stdout=out)
    finally:
        del retention.policies._items["test.records"]
    assert out.getvalue().splitlines() == [
        "test.records: 2 due, 0 held, 0 disposed of",
        "test.records: 2 due, 0 held, 2 disposed of",
    ]
