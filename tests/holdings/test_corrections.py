"""What a counter corrects of a complete day comes by itself, and what it changed is seen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from procrastinate.contrib.django import app

from brokerage.core import data_export
from brokerage.core.data_export import Person
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from holdings import tasks
from holdings.importing import merging
from holdings.models import AssetSnapshot, CashBalance, CounterDay, CustomerAssets, FileChange
from holdings.selectors.desk import desk_days
from holdings.states import FileKind
from tests.backoffice.factories import desk_of
from tests.branches.factories import make_staff, make_unit
from tests.holdings.factories import (
    AT,
    BANK,
    MON,
    SECURITIES,
    TUE,
    a_file,
    an_account,
    securities,
    take,
)
from tests.holdings.shelves import Shelf, stand_in

pytestmark = pytest.mark.django_db


def a_whole_day(account: Any, worth: str = "1000") -> list[Any]:
    """All files of Monday."""
    return [
        a_file(FileKind.ACCOUNTS, [f"{account.ref},{account.customer.ref},ordinary,2026-01-05,"]),
        a_file(FileKind.SECURITIES, SECURITIES),
        a_file(FileKind.POSITIONS, [f"{account.ref},{BANK},100,10,{worth},900"]),
        a_file(FileKind.CASH, [f"{account.ref},500,0"]),
        a_file(FileKind.MARGIN, []),
        a_file(FileKind.TRADES, []),
    ]


@time_machine.travel(AT, tick=False)
def test_a_correction_of_a_complete_day_is_fetched_by_the_hourly_run(
    monkeypatch: pytest.MonkeyPatch,
):
    account = an_account()
    shelf = stand_in(monkeypatch, *a_whole_day(account))
    tasks.bring_missing(0)
    assert desk_days(MON, 1)[0].complete
    assert CustomerAssets.objects.get().counted == 1500
    shelf.asked.clear()
    shelf.add(a_file(FileKind.CASH, [f"{account.ref},700,0"], revision=2))

    tasks.bring_missing(0)

    assert shelf.asked == ["cash-20260302-2.csv"], "what is settled is not fetched again"
    assert AssetSnapshot.objects.get().counted == 1700
    assert CustomerAssets.objects.get().counted == 1700


def test_days_are_asked_for_as_counters_settle_at_night_and_in_the_early_morning():
    known = app.periodic_registry.periodic_tasks.values()
    (found,) = [each for each in known if each.task.name == "holdings.tasks.bring_missing"]
    minute, hours = found.cron.split()[:2]
    spans = [[int(end) for end in span.split("-")] for span in hours.split(",")]
    utc = {hour for first, last in spans for hour in range(first, last + 1)}
    assert minute == "40"
    assert {(hour + 8) % 24 for hour in utc} == {*range(17, 24), *range(6, 10)}


@time_machine.travel(AT, tick=False)
def test_a_day_that_lacks_trades_is_asked_for_as_long_as_the_counter_keeps_files(
    monkeypatch: pytest.MonkeyPatch,
):
    asked: list[str] = []
    monkeypatch.setattr(tasks.bring, "defer", lambda *, day, by="": asked.append(day))
    whole, lacking = MON - timedelta(days=18), MON - timedelta(days=21)
    for kind in FileKind:
        take(a_file(kind, [], day=whole))
    take(a_file(FileKind.CASH, [], day=lacking))
    tasks.bring_missing(0)
    assert lacking.isoformat() in asked
    assert whole.isoformat() not in asked


def test_what_a_correction_changed_is_kept_row_by_row_and_shown():
    one, two, three = (an_account() for _ in range(3))
    take(a_file(FileKind.CASH, [f"{one.ref},1,0", f"{two.ref},2,0"]))
    assert not FileChange.objects.exists(), "the first file of a day corrects nothing"
    rows = [f"{two.ref},1005.50,1", f"{three.ref},3,0"]
    file = take(a_file(FileKind.CASH, rows, revision=2))

    found = {row.account_id: (row.before, row.after) for row in file.changes.all()}
    assert found == {
        one.pk: ({"amount": "1", "frozen": "0"}, None),
        two.pk: ({"amount": "2", "frozen": "0"}, {"amount": "1005.5", "frozen": "1"}),
        three.pk: (None, {"amount": "3", "frozen": "0"}),
    }
    client = desk_of(make_staff(Role.OPERATIONS, make_unit()))
    page = client.get(reverse("admin:holdings_counterfile_change", args=[file.ref]))
    assert f"{two.ref} · amount 2 → 1,005.5; held 0 → 1" in page.content.decode()
    owner: Any = two.customer
    person = Person(owner.ref, owner.user.ref)
    copy = {key: str(rows) for key, _section, rows in data_export.collect_all(person)}
    assert "2 → 1,005.5" in copy["holdings"]
    assert "1 → –" not in copy["holdings"], "what was another's"


def test_positions_and_trades_tell_which_security_and_number():
    account = an_account()
    securities()
    for revision, units in ((1, "100"), (2, "100.5")):
        position = f"{account.ref},{BANK},{units},10,1000,900"
        take(a_file(FileKind.POSITIONS, [position], revision=revision))
        trade = f"N-7,{account.ref},{BANK},buy,{units},10,1000,5"
        take(a_file(FileKind.TRADES, [trade], revision=revision))
    changes: Any = FileChange.objects.select_related("instrument", "file")
    for change in changes:
        assert change.instrument.code == "609001"
        assert (change.before["quantity"], change.after["quantity"]) == ("100", "100.5")
        assert change.number == ("N-7" if change.file.kind == FileKind.TRADES else "")
    assert FileChange.objects.count() == 2
    renamed = take(a_file(FileKind.SECURITIES, ["SH,609001,stock,主板,新名,"], day=TUE))
    change = renamed.changes.get()
    assert change.before
    assert change.after
    assert (change.before["name_zh"], change.after["name_zh"]) == ("示范银行", "新名")


def test_only_the_first_changes_are_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(merging, "MOST_CHANGES", 2)
    accounts = [an_account() for _ in range(4)]
    take(a_file(FileKind.CASH, [f"{each.ref},1,0" for each in accounts]))
    file = take(a_file(FileKind.CASH, [f"{each.ref},2,0" for each in accounts], revision=2))
    assert (file.changed, file.changes.count()) == (4, 2)
    client = desk_of(make_staff(Role.OPERATIONS, make_unit()))
    page = client.get(reverse("admin:holdings_counterfile_change", args=[file.ref]))
    assert "The first 2 rows of 4" in page.content.decode()


@time_machine.travel(AT, tick=False)
def test_whoever_asks_for_a_complete_day_is_named_and_asks_once(monkeypatch: pytest.MonkeyPatch):
    account = an_account()
    shelf = stand_in(monkeypatch, *a_whole_day(account))
    staff = make_staff(Role.OPERATIONS, make_unit())
    client = desk_of(staff)
    desk = reverse("admin:holdings_desk")
    jobs: list[dict[str, str]] = []
    monkeypatch.setattr(tasks.bring, "defer", lambda **values: jobs.append(values))
    for _twice in range(2):
        client.post(desk, {"day": MON.isoformat()})
    assert jobs == [{"day": MON.isoformat(), "by": str(staff.ref)}]
    assert Entry.objects.get(kind="holdings.day_asked").actor_ref == staff.ref
    assert "the worker fetches them" in client.get(desk).content.decode()

    tasks.bring(**jobs[0])

    taken = Entry.objects.filter(kind="holdings.file_taken")
    assert {entry.actor_ref for entry in taken} == {staff.ref}
    assert CounterDay.objects.get(day=MON).asked_at is None
    shelf.add(a_file(FileKind.CASH, [f"{account.ref},9,0"], revision=2))
    assert desk_days(MON, 1)[0].complete
    assert f'value="{MON.isoformat()}"' in client.get(desk).content.decode(), "on every day"
    client.post(desk, {"day": MON.isoformat()})
    tasks.bring(**jobs[1])
    assert CashBalance.objects.get().amount == 9


@pytest.mark.parametrize("day", ["2026-03-01", "2026-01-05", "2026-03-09", "1995-03-01", "x", ""])
@time_machine.travel(AT, tick=False)
def test_a_day_without_files_is_not_asked_for(day: str, monkeypatch: pytest.MonkeyPatch):
    stand_in(monkeypatch)
    client = desk_of(make_staff(Role.OPERATIONS, make_unit()))
    page = client.post(reverse("admin:holdings_desk"), {"day": day}, follow=True)
    assert "Choose a day of the list." in page.content.decode()
    assert not CounterDay.objects.exists()


def test_the_shelf_of_these_tests_notes_what_is_asked():
    assert Shelf().files(day=MON, at=AT) == []
