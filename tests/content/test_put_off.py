"""What the weekly limit puts off is said when there is room, or lapses in the journal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from brokerage.core.reminders import Found, Reminding, reminders
from brokerage.journal.models import Entry
from brokerage.messaging.use_cases.load_texts import load_texts
from content.models import PutOffReminder, Reminder, ReminderRun
from content.use_cases.answer_reminder import mute
from content.use_cases.remind import remind
from tests.content.factories import AT
from tests.content.test_reminders import DAY
from tests.customers.factories import a_customer

MOST = 3
"""Of the dated rule, in seven days."""


@pytest.fixture
def finds(db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A customer, and what the nights find about them: `lasting` and `standing` things."""
    load_texts(at=AT)
    customer = a_customer("+8613900001001")
    said: dict[str, list[str]] = {"lasting": [], "standing": []}

    def prepared(kind: str) -> Any:
        def look(keys: Any) -> list[Found]:
            facts = {"name": {"zh-hans": "示范", "en": "Specimen"}, "percent": 80}
            return [
                Found(customer=customer.pk, subject=one, version="v@1", facts=facts)
                for one in said[kind]
            ]

        return lambda day: look

    monkeypatch.setattr(reminders, "_items", {
        key: Reminding(
            label=key,
            text="content.remind_concentration",
            prepare=prepared(key),
            order=order,
            lasts=key == "lasting",
        )
        for order, key in enumerate(("lasting", "standing"))
    })  # fmt: skip
    return customer, said


def night(after: int) -> None:
    assert remind(day=DAY + timedelta(days=after), at=AT + timedelta(days=after))


def told() -> list[str]:
    return sorted(Reminder.objects.values_list("subject", flat=True))


def lapsed() -> list[tuple[str, str]]:
    rows = Entry.objects.filter(kind="content.reminder_lapsed").order_by("pk")
    return [(row.payload["about"], row.payload["why"]) for row in rows]


def test_what_happened_is_said_when_there_is_room_though_nobody_finds_it_any_more(
    finds: Any,
) -> None:
    _customer, said = finds
    said["lasting"] = ["a", "b", "c", "d", "e"]
    night(0)
    assert told() == ["a", "b", "c"]
    said["lasting"] = []
    night(1)
    assert (told(), PutOffReminder.objects.count()) == (["a", "b", "c"], 2)
    night(7)
    assert told() == ["a", "b", "c", "d", "e"]
    assert not PutOffReminder.objects.exists()
    assert lapsed() == []


def test_how_things_stand_is_said_while_it_holds_and_lapses_after(finds: Any) -> None:
    _customer, said = finds
    said["standing"] = ["a", "b", "c", "d", "e"]
    night(0)
    said["standing"] = ["d"]
    night(1)
    assert lapsed() == [("e", "over")]
    row = PutOffReminder.objects.get()
    assert (row.subject, row.found_on, row.seen_on) == ("d", DAY, DAY + timedelta(days=1))
    night(7)
    assert told() == ["a", "b", "c", "d"]
    assert not PutOffReminder.objects.exists()


def test_what_waits_too_long_or_is_muted_lapses_in_the_journal(finds: Any) -> None:
    customer, said = finds
    said["lasting"] = ["a", "b", "c", "d"]
    said["standing"] = ["x"]
    night(0)
    said["lasting"] = []
    mute(customer=customer, kind="standing", is_muted=True, at=AT)
    night(1)
    assert lapsed() == [("x", "unwanted")]
    night(15)
    assert lapsed() == [("x", "unwanted"), ("d", "late")]
    assert told() == ["a", "b", "c"]
    assert not PutOffReminder.objects.exists()


def test_a_corrected_earlier_day_decides_nothing_about_a_later_one(finds: Any) -> None:
    _customer, said = finds
    said["standing"] = ["a", "b", "c", "d"]
    night(1)
    said["standing"] = []
    night(0)
    said["standing"] = ["d"]
    ReminderRun.objects.filter(day=DAY).update(cursor=0, finished_at=None)
    night(0)
    assert PutOffReminder.objects.get().seen_on == DAY + timedelta(days=1)
    assert lapsed() == []


def test_the_heavier_kind_goes_first_wherever_it_comes_from(finds: Any) -> None:
    _customer, said = finds
    said["lasting"] = ["a", "b", "c", "d"]
    night(0)
    said["lasting"] = []
    said["standing"] = ["x", "y", "z"]
    night(7)
    assert told() == ["a", "b", "c", "d", "x", "y"]
    assert PutOffReminder.objects.get().subject == "z"


def test_what_cannot_be_said_to_one_customer_stops_nobody_behind_them(
    finds: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name too long for a message: the others are told, and it is said once it can be."""
    poor, _said = finds
    other = a_customer("+8613900001002")
    name = {poor.pk: "长" * 201, other.pk: "示范"}

    def look(keys: Any) -> list[Found]:
        return [
            Found(
                customer=key,
                subject="a",
                version="v@1",
                facts={"name": {"zh-hans": name[key], "en": "Specimen"}, "percent": 80},
            )
            for key in keys
        ]

    kind = Reminding(
        label="k", text="content.remind_concentration", prepare=lambda day: look, order=1
    )
    monkeypatch.setattr(reminders, "_items", {"standing": kind})
    night(0)
    assert Reminder.objects.get().customer == other
    assert PutOffReminder.objects.get().customer == poor
    name[poor.pk] = "短"
    night(1)
    assert set(Reminder.objects.values_list("customer", flat=True)) == {poor.pk, other.pk}
    assert not PutOffReminder.objects.exists()
