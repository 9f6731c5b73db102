"""A worker killed by SIGKILL at any point of a day: whoever comes next finishes the day."""

from __future__ import annotations

from typing import Any

import pytest

from holdings.models import AssetSnapshot, CashBalance, CounterFile, CustomerAssets
from holdings.states import FileKind, FileStatus
from holdings.use_cases import bring_files, take_file
from holdings.use_cases.bring_files import bring_day
from tests.holdings.factories import AT, BANK, MON, SECURITIES, a_file, an_account
from tests.holdings.shelves import Shelf
from tests.killing import killed_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.parametrize(
    ("module", "name", "after", "taken", "snapshots"),
    [
        (take_file, "merge_day", 0, 1, 0),  # the positions: only securities are there
        (take_file, "measure_day", 3, 3, 0),  # the margin balances are written, nobody sees them
        (take_file, "measure_day", 4, 4, 1),  # within the trades
        (bring_files, "measure_assets", 0, 5, 1),  # all files are there, nobody is measured
    ],
)
def test_the_next_run_finishes_the_day(
    module: Any, name: str, after: int, taken: int, snapshots: int
):
    account = an_account()
    shelf = Shelf(
        a_file(FileKind.SECURITIES, SECURITIES),
        a_file(FileKind.POSITIONS, [f"{account.ref},{BANK},100,10,1000,900"]),
        a_file(FileKind.CASH, [f"{account.ref},500,0"]),
        a_file(FileKind.MARGIN, []),
        a_file(FileKind.TRADES, [f"N-1,{account.ref},{BANK},buy,100,9,900,5"]),
    )
    killed_at(module, name, lambda: bring_day(day=MON, gateway=shelf, at=AT), calls=after)
    assert CounterFile.objects.taken().count() == taken, "whole files, nothing half"
    assert AssetSnapshot.objects.count() == snapshots
    assert not CustomerAssets.objects.exists()

    for _twice in range(2):
        bring_day(day=MON, gateway=shelf, at=AT)

    statuses = set(CounterFile.objects.values_list("status", flat=True))
    assert (CounterFile.objects.count(), statuses) == (5, {FileStatus.TAKEN})
    assert CashBalance.objects.get().amount == 500
    assert AssetSnapshot.objects.get().counted == 1500
    assert CustomerAssets.objects.get().counted == 1500
