"""What `record()` writes, and what it refuses."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from brokerage.core.context import Origin, entered
from brokerage.journal import subscriptions
from brokerage.journal.actors import Actor
from brokerage.journal.events import Event, NotPlain, event_class
from brokerage.journal.models import Delivery, Entry, Seal
from brokerage.journal.record import (
    CHANGED,
    NotInTransaction,
    PersonalDataRefused,
    record,
    together,
)
from tests.journal.factories import (
    AT,
    OFFICER,
    OTHER,
    SUBJECT,
    SYSTEM,
    ReplyChanged,
    ThingMoved,
    ThingPriced,
    moved,
)

PRICED = ThingPriced(
    subject=SUBJECT,
    amount=Decimal("12.50"),
    on=date(2026, 3, 2),
    until=datetime(2026, 3, 3, 1, 2, 3, 456, tzinfo=UTC),
    outlets=(OTHER, SUBJECT),
    note="双溪西路",
)


@pytest.mark.django_db
def test_an_entry_keeps_everything_it_is_told() -> None:
    with entered(Origin(request_id="a" * 32, channel="portal", address="192.0.2.0/24")):
        made = record(
            PRICED,
            actor=OFFICER,
            at=AT,
            on_behalf_of=OTHER,
            reason="柜台补录",
            rule_version="fees:3",
            before={"amount": Decimal("10.00")},
            after={"amount": Decimal("12.50")},
        )
    entry = Entry.objects.get(pk=made.pk)
    assert (entry.ref, entry.version, entry.recorded_at) == (
        made.ref,
        made.version,
        made.recorded_at,
    )
    assert (entry.actor_kind, entry.actor_ref, entry.actor_name) == ("user", OFFICER.ref, "何屿")
    assert (entry.on_behalf_of, entry.reason, entry.rule_version) == (OTHER, "柜台补录", "fees:3")
    assert (entry.before, entry.after) == ({"amount": "10.00"}, {"amount": "12.50"})
    assert (entry.request_id, entry.channel, entry.address) == ("a" * 32, "portal", "192.0.2.0/24")
    assert entry.at == AT


@pytest.mark.django_db
def test_the_event_comes_back_with_its_types() -> None:
    entry = Entry.objects.get(pk=record(PRICED, actor=SYSTEM, at=AT).pk)
    assert event_class(entry.kind).restore(subject=entry.subject_ref, payload=entry.payload) == (
        PRICED
    )


def test_an_old_event_comes_back_after_its_class_has_changed() -> None:
    old = {"amount": "1.00", "on": "2026-03-02", "gone": "x"}  # without the newer fields
    assert ThingPriced.restore(subject=SUBJECT, payload=old) == ThingPriced(
        subject=SUBJECT, amount=Decimal("1.00"), on=date(2026, 3, 2)
    )


@pytest.mark.django_db
def test_versions_count_the_entries_of_each_object() -> None:
    assert [moved().version, moved(subject=OTHER).version, moved().version] == [1, 1, 2]


@pytest.mark.django_db
def test_what_is_recorded_together_is_one_statement_in_its_order() -> None:
    with CaptureQueriesContext(connection) as asked, together():
        first, other, last = moved(), moved(subject=OTHER), moved()
        assert first.pk is None
    written = [each["sql"] for each in asked if "journal_record" in each["sql"]]
    assert len(written) == 1
    assert [each.version for each in (first, other, last)] == [1, 1, 2]
    assert first.pk < other.pk < last.pk
    assert [each.ref for each in Entry.objects.order_by("pk")] == [
        each.ref for each in (first, other, last)
    ]


@pytest.mark.django_db
def test_what_is_recorded_together_vanishes_where_the_act_fails() -> None:
    def act() -> None:
        with together():
            moved()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert moved().version == 1
    assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_writers_of_one_object_at_the_same_time_leave_no_gap() -> None:
    start = threading.Barrier(8)

    def write() -> None:
        start.wait()
        for _ in range(5):
            moved()
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    by_id = Entry.objects.order_by("id").values_list("version", flat=True)
    assert list(by_id) == list(range(1, 41))


@pytest.mark.django_db
def test_a_rolled_back_entry_leaves_no_gap_in_the_versions() -> None:
    moved()
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012 - what follows is the failure
        moved()
        raise ZeroDivisionError
    assert moved().version == 2


@pytest.mark.django_db
def test_each_subscriber_gets_a_delivery_row() -> None:
    for name in ("tests.first", "tests.second"):
        subscriptions.subscribe(ThingMoved, "tests.journal.factories.moved", name=name)
    try:
        entry = moved()
    finally:
        for name in ("tests.first", "tests.second"):
            subscriptions.unsubscribe(name)
    rows = Delivery.objects.filter(entry=entry).order_by("subscriber")
    assert [(row.subscriber, row.state, row.version) for row in rows] == [
        ("tests.first", "pending", 1),
        ("tests.second", "pending", 1),
    ]


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_refused() -> None:
    with pytest.raises(NotInTransaction):
        record(PRICED, actor=SYSTEM, at=AT)
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "after",
    [
        {"note": "13800138000"},
        {"note": "打 13800138000 联系"},
        {"note": "+8613800138000"},
        {"note": "11010519491231002X"},
        {"notes": ["ok", "6222020200112233"]},
    ],
)
@pytest.mark.django_db
def test_values_that_look_personal_are_refused(after: dict[str, Any]) -> None:
    with pytest.raises(PersonalDataRefused) as refused:
        record(PRICED, actor=SYSTEM, at=AT, after=after)
    assert not any(character.isdigit() for character in str(refused.value))
    with pytest.raises(PersonalDataRefused):
        record(replace(PRICED, note=str(next(iter(after.values())))), actor=SYSTEM, at=AT)


@pytest.mark.django_db
def test_refs_and_hashes_are_no_personal_data() -> None:
    hashes = ["a13812345678" * 5 + "ffff", "1234567890123456abcdef", str(uuid4())]
    record(PRICED, actor=SYSTEM, at=AT, after={"hashes": hashes})


@pytest.mark.django_db
def test_a_number_in_a_reason_is_blanked_out_instead_of_losing_the_entry() -> None:
    entry = record(PRICED, actor=OFFICER, at=AT, reason="客户 13800138000 来电")
    assert "13800138000" not in entry.reason
    assert "来电" in entry.reason


@pytest.mark.django_db
def test_encrypted_fields_enter_by_name_only() -> None:
    event = ReplyChanged(subject=SUBJECT)
    with pytest.raises(PersonalDataRefused):
        record(event, actor=SYSTEM, at=AT, after={"reply": "masked•••"})
    entry = record(event, actor=SYSTEM, at=AT, before={"reply": CHANGED}, after={"reply": CHANGED})
    assert entry.after == {"reply": CHANGED}


@pytest.mark.parametrize("value", [1.5, object(), {"a": 1}, datetime(2026, 3, 2), b"x"])  # noqa: DTZ001 - refused for that
@pytest.mark.django_db
def test_values_that_are_not_plain_are_refused(value: object) -> None:
    with pytest.raises(NotPlain):
        record(PRICED, actor=SYSTEM, at=AT, after={"value": value})


@pytest.mark.django_db
def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        record(PRICED, actor=SYSTEM, at=datetime(2026, 3, 2))  # noqa: DTZ001 - refused for that


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET reason = 'x'",
        "DELETE FROM journal_entry",
        "TRUNCATE journal_entry CASCADE",
        "TRUNCATE journal_entry_p00000 CASCADE",
        "DELETE FROM journal_entry_p00000",
        "UPDATE journal_seal SET count = 2",
        "DELETE FROM journal_seal",
        "TRUNCATE journal_seal",
    ],
)
@pytest.mark.django_db
def test_the_database_refuses_to_change_the_journal(statement: str) -> None:
    moved()
    connection.cursor().execute(
        "INSERT INTO journal_seal (number, format, from_id, to_id, count, previous, hash, leaves,"
        " at) VALUES (1, 1, 0, 1, 1, '', '', '', now())"
    )
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert (Entry.objects.count(), Seal.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_the_orm_neither_saves_nor_deletes_entries() -> None:
    entry = moved()
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()
    with pytest.raises(TypeError):
        Entry.objects.create()
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.update(reason="x")


def test_two_events_cannot_share_a_kind() -> None:
    with pytest.raises(TypeError, match="thing_moved"):

        @dataclass(frozen=True, kw_only=True)
        class Imposter(Event):
            kind: ClassVar[str] = "tests.thing_moved"
            subject_type: ClassVar[str] = "tests.thing"


def test_actors_are_people_clients_or_a_named_part_of_the_system() -> None:
    ref = UUID(int=7)

    class Person:
        kind, display_name, name = "staff", "何屿", "云上证券"

        @property
        def ref(self) -> UUID:
            return ref

    person = Person()
    assert Actor.of(person) == Actor("user", ref, "何屿")
    assert Actor.client(person) == Actor("client", ref, "云上证券")
    person.kind = "customer"
    assert Actor.of(person).name == ""
    for wrong in (("system", ref, "x"), ("system", None, ""), ("user", None, "x")):
        with pytest.raises(ValueError, match="system"):
            Actor(*wrong)
