"""A run fetches each file once, and one that is not to be had ends nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from brokerage.core import clock
from holdings import tasks
from holdings.gateways import Unavailable
from holdings.importing.reading import Announced
from holdings.models import Account, CashBalance, CounterFile, CustomerAssets
from holdings.retention import POLICIES
from holdings.states import FileKind, FileStatus
from holdings.use_cases.bring_files import bring_day
from tests.holdings.factories import (
    AT,
    BANK,
    MON,
    SECURITIES,
    TUE,
    a_file,
    a_snapshot,
    an_account,
    pieces,
    take,
)

pytestmark = pytest.mark.django_db


class Shelf:
    """A counter that lists what it is given, hands out what it has, and notes what was asked."""

    def __init__(self, *files: tuple[Announced, bytes]) -> None:
        self.listed = [announced for announced, _content in files]
        self.content = {announced.name: content for announced, content in files}
        self.asked: list[str] = []

    def files(self, *, day: date, at: datetime) -> list[Announced]:
        return [each for each in self.listed if each.day == day]

    def read(self, announced: Announced, *, at: datetime) -> Iterator[bytes]:
        self.asked.append(announced.name)
        if announced.name not in self.content:
            raise Unavailable("HTTP 404")
        return pieces(self.content[announced.name])


def statuses() -> dict[str, str]:
    return dict(CounterFile.objects.values_list("name", "status"))


def test_what_was_decided_is_not_fetched_again_and_what_broke_off_is():
    account = an_account()
    cash = a_file(FileKind.CASH, [f"{account.ref},5,0"])
    wrong = a_file(FileKind.MARGIN, [f"{account.ref},-5,0"], total="5")
    whole = a_file(FileKind.SECURITIES, SECURITIES)
    shelf = Shelf(cash, wrong, (whole[0], whole[1][:-12]))
    bring_day(day=MON, gateway=shelf, at=AT)
    assert set(statuses().values()) == {FileStatus.TAKEN, FileStatus.REFUSED}
    shelf.asked, shelf.content[whole[0].name] = [], whole[1]
    bring_day(day=MON, gateway=shelf, at=AT)
    assert shelf.asked == [whole[0].name]
    shelf.asked = []
    bring_day(day=MON, gateway=shelf, at=AT)
    assert shelf.asked == []


def test_a_waiting_file_that_is_gone_ends_no_run():
    account = an_account()
    gone = a_file(FileKind.CASH, [f"{UUID(int=7)},5,0"])
    take(gone)
    lost = a_file(FileKind.POSITIONS, [])
    margin = a_file(FileKind.MARGIN, [])
    corrected = a_file(FileKind.CASH, [f"{account.ref},6,0"], revision=2)
    shelf = Shelf(lost, margin, corrected)
    del shelf.content[lost[0].name]
    found = bring_day(day=MON, gateway=shelf, at=AT)
    assert [file.status for file in found] == [FileStatus.TAKEN, FileStatus.TAKEN]
    assert CashBalance.objects.get().amount == 6
    assert len(shelf.asked) == len(set(shelf.asked)), "each once a run"


def test_a_securities_master_is_followed_by_what_waited_for_it_on_other_days():
    account = an_account()
    positions = a_file(FileKind.POSITIONS, [f"{account.ref},{BANK},1,10,10,9"])
    shelf = Shelf(positions, a_file(FileKind.SECURITIES, SECURITIES, day=TUE))
    bring_day(day=MON, gateway=shelf, at=AT)
    assert statuses()[positions[0].name] == FileStatus.WAITING
    assert shelf.asked == [positions[0].name]
    bring_day(day=TUE, gateway=shelf, at=AT)
    assert statuses()[positions[0].name] == FileStatus.TAKEN


def test_a_day_with_a_waiting_file_is_asked_for_as_long_as_the_counter_keeps_it(
    monkeypatch: pytest.MonkeyPatch,
):
    asked: list[str] = []
    monkeypatch.setattr(tasks.bring, "defer", lambda *, day, by="": asked.append(day))
    take(a_file(FileKind.CASH, [f"{UUID(int=7)},5,0"]))
    monkeypatch.setattr(clock, "today", lambda: MON + timedelta(days=20))
    tasks.bring_missing(0)
    assert MON.isoformat() in asked
    asked.clear()
    monkeypatch.setattr(clock, "today", lambda: MON + timedelta(days=31))
    tasks.bring_missing(0)
    assert MON.isoformat() not in asked


def test_accounts_and_figures_go_once_their_customer_left_and_no_day_is_kept():
    account, staying = an_account(), an_account()
    snapshot = a_snapshot(account.customer, MON, 5)
    take(a_file(FileKind.CASH, [f"{account.ref},5,0"]))
    for each in (account, staying):
        CustomerAssets.objects.create(
            customer=each.customer, day=MON, counted=5, average=1, tier="basic", rule_version="x"
        )
    account.customer.__class__.objects.filter(pk=account.customer.pk).update(closed_at=AT)
    later = AT + timedelta(days=1)
    policies = {each.key: each for each in POLICIES}
    accounts = policies["holdings.accounts"].due(later)
    assert not accounts, "a balance of it is still kept"
    CashBalance.objects.all().delete()
    snapshot.delete()
    assert list(accounts.all()) == [account]
    figures = policies["holdings.figures"].due(later)
    assert [each.customer for each in figures] == [account.customer]
    assert Account.objects.count() == 2
