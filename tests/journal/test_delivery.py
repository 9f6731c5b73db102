"""Delivery: once, in order per object, and a failing handler stops nobody else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from brokerage.core import context
from brokerage.journal import metrics, subscriptions
from brokerage.journal.delivery import (
    ATTEMPTS,
    TOGETHER,
    deliver,
    deliver_pending,
    pause_after,
    replay,
)
from brokerage.journal.models import Delivery, DeliveryState, Heartbeat
from brokerage.journal.subscriptions import check_handlers
from brokerage.journal.tasks import purge_deliveries
from tests.journal.factories import AT, OTHER, SUBJECT, ThingMoved, moved

SEEN: list[tuple[str, str]] = []
BROKEN: set[str] = set()


def see(event: ThingMoved, entry: Any) -> None:
    """A handler with an effect in the database; fails for the statuses in BROKEN."""
    Heartbeat.objects.create(name=f"{entry.ref}", at=entry.at)  # refuses a second delivery
    if event.status in BROKEN:
        raise ZeroDivisionError("the telephone number 13800138000")
    SEEN.append((event.status, context.current().request_id))


def record_again(event: ThingMoved, entry: Any) -> None:
    """A handler that causes another event."""
    if event.status != "followed":
        moved("followed", subject=OTHER)


def break_transaction(event: ThingMoved, entry: Any) -> None:
    """A handler that swallows a database error without a savepoint."""
    Heartbeat.objects.create(name="same", at=entry.at)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
    except Exception:
        pass


@pytest.fixture
def subscribed() -> Iterator[Callable[..., None]]:
    """Subscribe a function of this module to ThingMoved for one test."""
    names: list[str] = []
    SEEN.clear()
    BROKEN.clear()

    def subscribe(function: str = "see", name: str = "tests.see", **only: Any) -> None:
        subscriptions.subscribe(ThingMoved, f"{__name__}.{function}", name=name, **only)
        names.append(name)

    yield subscribe
    for name in names:
        subscriptions.unsubscribe(name)


def states() -> list[str]:
    return list(Delivery.objects.order_by("id").values_list("state", flat=True))


def statuses() -> list[str]:
    return [status for status, _ in SEEN]


@pytest.mark.django_db
def test_entries_of_an_object_arrive_in_order_and_once(subscribed: Any) -> None:
    subscribed()
    for status in ("draft", "submitted", "approved"):
        moved(status)
    assert deliver_pending(at=AT) == 3
    assert deliver_pending(at=AT) == 0
    assert statuses() == ["draft", "submitted", "approved"]
    assert states() == ["delivered"] * 3


@pytest.mark.django_db
def test_the_handler_works_under_the_request_id_of_the_entry(subscribed: Any) -> None:
    subscribed()
    entry = moved()
    deliver_pending(at=AT)
    assert SEEN[0] == ("open", entry.request_id)


@pytest.mark.django_db
def test_what_a_handler_records_is_delivered_too(subscribed: Any) -> None:
    subscribed("record_again", "tests.again")
    moved()
    assert deliver_pending(at=AT) == 2


@pytest.mark.django_db
def test_the_limit_bounds_the_attempts(subscribed: Any) -> None:
    subscribed()
    for _ in range(5):
        moved()
    assert deliver_pending(at=AT, limit=3) == 3
    assert states().count("pending") == 2


@pytest.mark.django_db
def test_a_failing_handler_undoes_its_effects_only(subscribed: Any) -> None:
    subscribed()
    subscribed("record_again", "tests.again")
    BROKEN.add("open")
    moved("open")
    moved("other", subject=OTHER)
    assert deliver_pending(at=AT) == 7  # of eight: four entries, two subscribers
    assert "open" not in statuses()
    failed = Delivery.objects.get(state=DeliveryState.PENDING)
    assert failed.attempts == 1
    assert failed.next_attempt_at == AT + timedelta(seconds=2)
    assert not Heartbeat.objects.filter(name=f"{failed.entry.ref}").exists()


@pytest.mark.django_db
def test_an_error_is_described_without_its_message(subscribed: Any) -> None:
    subscribed()
    BROKEN.add("open")
    moved()
    deliver_pending(at=AT)
    error = Delivery.objects.get().last_error
    assert error.startswith("ZeroDivisionError in see:")
    assert "13800138000" not in error


@pytest.mark.django_db
def test_a_later_entry_waits_for_the_earlier_one_of_its_object(subscribed: Any) -> None:
    subscribed()
    BROKEN.add("first")
    for status in ("first", "second"):
        moved(status)
    moved("elsewhere", subject=OTHER)
    deliver_pending(at=AT)
    assert statuses() == ["elsewhere"]
    BROKEN.clear()
    deliver_pending(at=AT + timedelta(seconds=1))
    assert statuses() == ["elsewhere"]  # the pause of the first is not over
    deliver_pending(at=AT + timedelta(seconds=2))
    assert statuses() == ["elsewhere", "first", "second"]


@pytest.mark.django_db
def test_a_poisoned_entry_is_given_up_and_the_object_goes_on(subscribed: Any) -> None:
    subscribed()
    BROKEN.add("poison")
    moved("poison")
    moved("next")
    now = AT
    for attempt in range(1, ATTEMPTS + 1):
        assert statuses() == []
        deliver_pending(at=now)
        now += pause_after(attempt)
    assert states() == ["dead", "delivered"]
    assert metrics.dead_letters() == 1
    deliver_pending(at=now)
    assert statuses() == ["next"]


@pytest.mark.django_db
def test_a_dead_letter_can_be_replayed(subscribed: Any, capsys: Any) -> None:
    subscribed()
    moved("late")
    Delivery.objects.update(state=DeliveryState.DEAD, attempts=ATTEMPTS)
    assert deliver_pending(at=AT) == 0
    call_command("deliveries")
    assert "tests.thing_moved → tests.see" in capsys.readouterr().out
    assert replay(-1) == 0
    call_command("deliveries", "--replay")
    assert deliver_pending(at=AT) == 1
    assert statuses() == ["late"]
    assert replay() == 0


def claims(queries: Any) -> int:
    return sum("set_config('synchronous_commit'" in query["sql"] for query in queries)


@pytest.mark.django_db
def test_new_rows_are_claimed_together_and_what_was_tried_alone(subscribed: Any) -> None:
    """Where a handler kills its worker, those claimed with it lose one attempt, never another."""
    subscribed()
    for number in range(5):
        moved(subject=uuid4())
        if number < 2:
            Delivery.objects.update(attempts=1)  # claimed with something that killed its worker
    with CaptureQueriesContext(connection) as seen:
        assert deliver_pending(at=AT) == 5
    assert claims(seen) == 3
    assert sorted(Delivery.objects.values_list("attempts", flat=True)) == [1, 1, 1, 2, 2]


@pytest.mark.django_db
def test_a_claim_is_small(subscribed: Any) -> None:
    subscribed()
    for _ in range(TOGETHER + 1):
        moved(subject=uuid4())
    with CaptureQueriesContext(connection) as seen:
        assert deliver_pending(at=AT) == TOGETHER + 1
    assert claims(seen) == 2


def overtaken(event: ThingMoved, entry: Any) -> None:
    """A handler so slow that another worker claims the rows that this one claimed with it."""
    see(event, entry)
    rows = Delivery.objects.filter(state=DeliveryState.PENDING, attempts=1)
    rows.update(attempts=2, next_attempt_at=AT + timedelta(minutes=1))


@pytest.mark.django_db
def test_a_row_that_another_worker_claimed_meanwhile_is_left_to_it(subscribed: Any) -> None:
    subscribed("overtaken")
    moved("mine")
    moved("theirs", subject=OTHER)
    assert deliver_pending(at=AT) == 1
    assert statuses() == ["mine"]
    assert states() == ["delivered", "pending"]
    assert deliver_pending(at=AT + timedelta(minutes=1)) == 1
    assert statuses() == ["mine", "theirs"]


@pytest.mark.django_db
def test_a_delivery_asks_for_nothing_but_its_mark_and_its_handler(subscribed: Any) -> None:
    subscribed()
    for _ in range(10):
        moved(subject=uuid4())
    deliver_pending(at=AT, limit=1)  # statements are written
    with CaptureQueriesContext(connection) as seen:
        assert deliver_pending(at=AT) == 9
    # what is due (again, to find nothing), the claim, the entries; each with its savepoint
    assert len(seen) == 4 + 9 * len(("savepoint", "mark", "effect", "release"))


@pytest.mark.django_db
def test_a_handler_that_kills_its_worker_each_time_is_given_up(subscribed: Any) -> None:
    subscribed()
    moved()
    Delivery.objects.update(attempts=ATTEMPTS, next_attempt_at=AT)  # claimed, never finished
    assert deliver_pending(at=AT) == 0
    row = Delivery.objects.get()
    assert (row.state, row.last_error) == ("dead", "worker died")


@pytest.mark.django_db
def test_a_delivery_without_a_subscriber_is_kept_and_shown(subscribed: Any, capsys: Any) -> None:
    subscribed()
    subscriptions.subscribe(ThingMoved, f"{__name__}.see", name="tests.gone")
    moved()
    subscriptions.unsubscribe("tests.gone")
    assert deliver_pending(at=AT) == 1
    assert metrics.orphaned() == 1
    call_command("deliveries")
    assert "without subscriber: " in capsys.readouterr().out
    subscriptions.subscribe(ThingMoved, f"{__name__}.record_again", name="tests.gone")
    assert deliver_pending(at=AT) >= 1
    subscriptions.unsubscribe("tests.gone")
    assert metrics.orphaned() == 0


@pytest.mark.django_db(transaction=True)
def test_a_handler_that_hides_a_database_error_counts_as_failed(subscribed: Any) -> None:
    subscribed("break_transaction")
    moved()
    assert deliver_pending(at=AT) == 0
    assert (Delivery.objects.get().attempts, Heartbeat.objects.count()) == (1, 0)


def tell_limits(event: ThingMoved, entry: Any) -> None:
    """A handler that says how long it may wait and work."""
    with connection.cursor() as cursor:
        for name in ("lock_timeout", "statement_timeout"):
            cursor.execute(f"SHOW {name}")
            SEEN.append((name, cursor.fetchone()[0]))


@pytest.mark.django_db(transaction=True)
def test_a_handler_waits_for_a_lock_and_for_an_answer_for_a_while_only(subscribed: Any) -> None:
    subscribed("tell_limits")
    moved()
    assert deliver_pending(at=AT) == 1
    assert SEEN == [("lock_timeout", "5s"), ("statement_timeout", "30s")]


@pytest.mark.django_db(transaction=True)
def test_an_effect_whose_transaction_rolls_back_is_never_delivered(subscribed: Any) -> None:
    subscribed()
    with pytest.raises(IntegrityError), transaction.atomic():  # noqa: PT012 - what follows is the failure
        moved()
        raise IntegrityError
    assert deliver_pending(at=AT) == 0
    assert SEEN == []


@pytest.mark.django_db(transaction=True)
def test_a_late_commit_is_not_skipped(subscribed: Any) -> None:
    """The trap of reading `id > last`: a smaller id that commits after a larger one."""
    subscribed()
    drawn, go_on = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            moved("slow")
            drawn.set()
            go_on.wait(10)
        connection.close()

    slow = threading.Thread(target=write_slowly)
    slow.start()
    assert drawn.wait(10)
    moved("quick", subject=OTHER)
    deliver_pending(at=AT)
    go_on.set()
    slow.join()
    deliver_pending(at=AT)
    assert statuses() == ["quick", "slow"]


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_time_deliver_everything_once(subscribed: Any) -> None:
    subscribed()
    for number in range(40):
        moved(f"{number}", subject=SUBJECT if number % 2 else OTHER)
    start = threading.Barrier(4)
    delivered: list[int] = []

    def work() -> None:
        start.wait()
        total = 0
        for _ in range(1000):  # a worker that finds every row taken looks again
            total += deliver_pending(at=AT)
            if not Delivery.objects.filter(state=DeliveryState.PENDING).exists():
                break
        delivered.append(total)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(delivered) == 40
    assert len(SEEN) == 40
    odd = [int(status) for status in statuses() if int(status) % 2]
    assert odd == sorted(odd)


@pytest.mark.django_db
def test_a_delivery_that_is_done_is_not_done_again(subscribed: Any) -> None:
    subscribed()
    moved()
    pk = Delivery.objects.get().pk
    assert deliver(pk, AT) is True
    assert deliver(pk, AT) is False
    assert deliver(-1, AT) is False


def test_pauses_double_up_to_ten_minutes() -> None:
    assert [pause_after(n).total_seconds() for n in (1, 2, 5, 9, 10)] == [*(2, 4, 32, 512, 600)]


def test_a_subscription_to_nowhere_is_found_by_the_system_check(subscribed: Any) -> None:
    subscribed("no_such_function", "tests.nowhere")
    assert [error.id for error in check_handlers(None) if "tests.nowhere" in error.msg] == [
        "journal.E001"
    ]


def test_a_subscription_name_belongs_to_one_handler(subscribed: Any) -> None:
    subscribed()
    subscriptions.subscribe(ThingMoved, f"{__name__}.see", name="tests.see")  # the same: harmless
    event = ThingMoved(subject=SUBJECT, status="open")
    assert subscriptions.subscribers_of(event).count("tests.see") == 1
    with pytest.raises(ValueError, match="taken"):
        subscriptions.subscribe(ThingMoved, f"{__name__}.record_again", name="tests.see")


@pytest.mark.django_db
def test_what_a_subscriber_does_not_want_is_not_written_down_for_it(subscribed: Any) -> None:
    subscribed(field="status", values=["closed"])
    moved("open")
    moved("closed")
    assert deliver_pending(at=AT) == 1
    assert statuses() == ["closed"]
    assert states() == ["delivered"]


@pytest.mark.django_db
def test_who_looks_at_the_object_as_it_is_hears_of_its_last_event_alone(subscribed: Any) -> None:
    subscribed(latest=True)
    for status in ("first", "second", "third"):
        moved(status)
    moved("elsewhere", subject=OTHER)
    assert deliver_pending(at=AT) == 4
    assert sorted(statuses()) == ["elsewhere", "third"]
    assert states() == ["delivered"] * 4


@pytest.mark.django_db
def test_a_later_event_that_was_given_up_is_no_reason_to_be_silent(subscribed: Any) -> None:
    subscribed(latest=True)
    for status in ("first", "second"):
        moved(status)
    Delivery.objects.filter(version=2).update(state=DeliveryState.DEAD, attempts=ATTEMPTS)
    assert deliver_pending(at=AT) == 1
    assert statuses() == ["first"]


@pytest.mark.django_db
def test_a_row_from_before_a_subscriber_wanted_only_some_is_passed_over(subscribed: Any) -> None:
    subscribed()
    moved("open")
    subscriptions.unsubscribe("tests.see")
    subscriptions.subscribe(
        ThingMoved, f"{__name__}.see", name="tests.see", field="status", values=["closed"]
    )
    assert deliver_pending(at=AT) == 1
    assert statuses() == []
    assert states() == ["delivered"]


def test_a_subscriber_cannot_look_at_what_an_event_does_not_tell() -> None:
    with pytest.raises(ValueError, match="has no 'colour'"):
        subscriptions.subscribe(
            ThingMoved, f"{__name__}.see", name="tests.colours", field="colour", values=["red"]
        )


@pytest.mark.django_db
def test_rows_of_deliveries_made_long_ago_are_deleted_and_others_kept(subscribed: Any) -> None:
    subscribed()
    for _ in range(3):
        moved()
    deliver_pending(at=AT, limit=1)
    deliver_pending(at=AT + timedelta(days=1), limit=1)
    assert purge_deliveries(at=AT + timedelta(days=90)) == 0
    assert purge_deliveries(at=AT + timedelta(days=90, seconds=1)) == 1
    assert states() == ["delivered", "pending"]
