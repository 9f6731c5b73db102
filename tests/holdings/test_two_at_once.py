"""Two imports at once, and a worker that dies in the middle of one."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, connections, transaction

from holdings.models import CashBalance, CounterFile, CustomerAssets
from holdings.states import FileKind, FileStatus
from holdings.use_cases.measure_assets import measure_assets
from holdings.use_cases.take_file import ImportRuns, take_file
from tests.holdings.factories import AT, MON, a_file, a_snapshot, an_account, pieces, take

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_at_once_one_is_sent_away_and_nothing_is_counted_twice():
    account = an_account()
    announced, content = a_file(FileKind.CASH, [f"{account.ref},5,0"])
    inside, go_on = threading.Event(), threading.Event()

    def slow() -> Iterator[bytes]:
        yield content[:20]
        inside.set()
        assert go_on.wait(30)
        yield content[20:]

    def first() -> None:
        try:
            take_file(announced=announced, chunks=slow(), at=AT)
        finally:
            connections.close_all()

    thread = threading.Thread(target=first)
    thread.start()
    try:
        assert inside.wait(30)
        with pytest.raises(ImportRuns):
            take((announced, content))
    finally:
        go_on.set()
        thread.join(60)

    assert take((announced, content)).status == FileStatus.TAKEN
    assert CounterFile.objects.count() == 1
    assert CashBalance.objects.get().amount == 5


def test_killed_in_the_middle_nothing_stays_and_the_next_try_does_it_whole():
    accounts = [an_account() for _ in range(3)]
    announced, content = a_file(FileKind.CASH, [f"{each.ref},5,0" for each in accounts])

    def killed() -> Iterator[bytes]:
        yield from pieces(content[:-20])
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE query LIKE 'COPY holdings_stage%%' AND pid <> pg_backend_pid()"
                    " AND datname = current_database()"
                )
                assert cursor.rowcount == 1
        finally:
            other.close()
        yield content[-20:]

    with pytest.raises(psycopg.OperationalError):
        take_file(announced=announced, chunks=killed(), at=AT)
    connection.close()
    assert not CounterFile.objects.exists()
    assert not CashBalance.objects.exists()

    assert take((announced, content)).status == FileStatus.TAKEN
    assert CashBalance.objects.count() == 3


def test_the_second_measurement_waits_for_the_first_and_sees_its_day():
    account = an_account()
    a_snapshot(account.customer, MON, 100)
    with transaction.atomic():
        measure_assets(at=AT)
        second = threading.Thread(target=_measured)
        second.start()
        second.join(1)
        assert second.is_alive(), "it waits, instead of a deadlock or older figures"
    second.join(60)
    assert not second.is_alive()
    assert CustomerAssets.objects.get().counted == 100


def _measured() -> None:
    try:
        measure_assets(at=AT)
    finally:
        connections.close_all()
