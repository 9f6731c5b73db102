"""The desk asks, the worker fetches, and the desk sees how far it is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.urls import reverse

from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from holdings import tasks
from holdings.gateways import Unavailable
from holdings.models import CashBalance, CounterFile
from holdings.selectors.running import under_way
from holdings.states import AskProblem, FileKind, FileStatus
from holdings.use_cases import bring_files
from holdings.use_cases.bring_files import ASKED_FOR, ask_again, bring_again
from holdings.use_cases.take_file import ImportRuns, take_file
from tests.backoffice.factories import desk_of
from tests.branches.factories import make_staff, make_unit
from tests.holdings.factories import ACTOR, AT, a_file, an_account, take
from tests.holdings.test_bringing_files import Shelf

MINUTE = timedelta(minutes=1)


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Refs that the worker was given."""
    found: list[str] = []
    monkeypatch.setattr(tasks.bring_one, "defer", lambda *, ref, by="": found.append(ref))
    return found


def a_refused(account: Any) -> CounterFile:
    file = take(a_file(FileKind.CASH, [f"{account.ref},5,0"], total="6"))
    assert file.status == FileStatus.REFUSED
    return file


@pytest.mark.django_db
@time_machine.travel(AT, tick=False)
def test_the_request_only_asks_and_the_worker_takes(queued: list[str]):
    account = an_account()
    file = a_refused(account)
    client = desk_of(make_staff(Role.OPERATIONS, make_unit()))
    page = reverse("admin:holdings_counterfile_change", args=[file.ref])
    client.post(reverse("admin:holdings_counterfile_act", args=[file.ref, "again"]))
    assert queued == [str(file.ref)]
    assert not CashBalance.objects.exists(), "nothing was imported in the request"
    assert "the worker comes to it" in client.get(page).content.decode()
    assert "being fetched again" in client.get(reverse("admin:holdings_desk")).content.decode()
    assert Entry.objects.filter(kind="holdings.file_asked_again").count() == 1

    good = a_file(FileKind.CASH, [f"{account.ref},5,0"])
    found = bring_again(file, gateway=Shelf(good), at=AT)
    assert found is not None
    assert found.status == FileStatus.TAKEN
    assert CashBalance.objects.get().amount == 5
    file.refresh_from_db()
    assert (file.asked_at, file.ask_problem) == (None, "")


@pytest.mark.django_db
def test_who_asks_twice_waits_for_the_first_and_a_lost_job_may_be_asked_for_again(
    queued: list[str],
):
    file = a_refused(an_account())
    assert ask_again(file=file, actor=ACTOR, at=AT)
    assert not ask_again(file=file, actor=ACTOR, at=AT + MINUTE)
    assert ask_again(file=file, actor=ACTOR, at=AT + ASKED_FOR)
    assert len(queued) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "problem"),
    [(Unavailable("down"), AskProblem.UNAVAILABLE), (ImportRuns(), AskProblem.BUSY)],
)
def test_why_it_came_to_nothing_stands_on_the_file(
    error: Exception, problem: str, queued: list[str], monkeypatch: pytest.MonkeyPatch
):
    file = a_refused(an_account())
    ask_again(file=file, actor=ACTOR, at=AT)

    def fails(*args: Any, **values: Any) -> None:
        raise error

    monkeypatch.setattr(bring_files, "bring_file", fails)
    assert bring_again(file, gateway=Shelf(), at=AT) is None
    file.refresh_from_db()
    assert (file.asked_at, file.ask_problem) == (None, problem)
    client = desk_of(make_staff(Role.OPERATIONS, make_unit()))
    page = reverse("admin:holdings_counterfile_change", args=[file.ref])
    assert str(AskProblem(problem).label) in client.get(page).content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("transactions")
def test_what_is_being_taken_is_seen_from_outside():
    account = an_account()
    announced, content = a_file(FileKind.CASH, [f"{account.ref},5,0"])
    inside, go_on = threading.Event(), threading.Event()

    def slow() -> Iterator[bytes]:
        yield content[:-10]
        inside.set()
        assert go_on.wait(30)
        yield content[-10:]

    def first() -> None:
        try:
            take_file(announced=announced, chunks=slow(), at=AT)
        finally:
            connections.close_all()

    assert under_way() is None
    thread = threading.Thread(target=first)
    thread.start()
    try:
        assert inside.wait(30)
        found = under_way()
        assert found is not None
        assert found.lines >= 0
    finally:
        go_on.set()
        thread.join(60)
    assert under_way() is None
