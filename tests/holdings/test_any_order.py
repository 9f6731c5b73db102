"""Files in any order, more than once, with corrections: always the same state."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.db import transaction

from brokerage.reference.models import Instrument
from holdings.importing.reading import Announced
from holdings.models import (
    Account,
    AssetSnapshot,
    CashBalance,
    CounterFile,
    CustomerAssets,
    MarginBalance,
    Position,
    Trade,
    UnknownAccount,
)
from holdings.states import AccountKind, FileKind
from holdings.use_cases.bring_files import bring_file, bring_waiting
from holdings.use_cases.measure_assets import measure_assets
from tests.holdings.factories import (
    AT,
    BANK,
    FUND,
    MON,
    SECURITIES,
    TUE,
    WED,
    a_file,
    an_account,
    pieces,
)

pytestmark = pytest.mark.django_db
STATE = (
    *(Position, CashBalance, MarginBalance, Trade, AssetSnapshot, CustomerAssets),
    *(Account, UnknownAccount),
)
OF_THE_DATABASE = {"id", "ref"}
"""What no file says: keys, and refs that we give (those of accounts stand in the rows of days)."""
ORDERS = 24
BOND = "SH,019990,bond,,演示国债,Specimen bond"
RENAMED = "SH,019990,bond,,演示国债二期,Specimen bond"
HARBOUR = "HK,99001,hk,主板,示例港企,Example Harbour"
OTHER = "SZ,019991,bond,,另一国债,"
STRANGER, NOBODY = "0f5b1c00-0000-4000-8000-00000000c0de", "0f5b1c00-0000-4000-8000-00000000beef"


class Shelf:
    """A counter that offers what lies on it."""

    def __init__(self, files: list[tuple[Announced, bytes]]) -> None:
        self.content = {announced.name: content for announced, content in files}

    def files(self, *, day: date, at: datetime) -> list[Announced]:
        return []

    def read(self, announced: Announced, *, at: datetime) -> Iterator[bytes]:
        return pieces(self.content[announced.name], 64)


def all_files() -> list[tuple[Announced, bytes]]:
    """Two days of two customers with corrections of all kinds, and one file that is wrong.

    Masters name the maturity of a bond, leave the column out, leave it empty, and change it;
    lists of accounts change days, and one account belongs to nobody here.
    """
    one, two = an_account(), an_account()
    margin = an_account(one.customer, AccountKind.MARGIN)
    later = ["SZ,309001,stock,创业板,样例医药,", "SH,609001,stock,主板,更名银行,", HARBOUR]
    files = [
        a_file(FileKind.SECURITIES, SECURITIES, day=MON),
        a_file(FileKind.SECURITIES, later, day=TUE),
        a_file(FileKind.SECURITIES, later[:1], day=TUE, revision=2),
        a_file(FileKind.SECURITIES, [f"{BOND},2026-03-20", f"{OTHER},2027-03-20"], revision=2),
        a_file(FileKind.SECURITIES, [BOND], day=TUE, revision=3),
        a_file(FileKind.SECURITIES, [f"{RENAMED},2026-03-27", f"{OTHER},"], day=WED),
        a_file(
            FileKind.SECURITIES, [f"{RENAMED},", "SH,609001,fund,,银行,Bank,"], revision=2, day=WED
        ),
    ]
    accounts = [
        f"{one.ref},{one.customer.ref},ordinary,2026-01-05,",
        f"{two.ref},{two.customer.ref},ordinary,2026-01-06,",
        f"{STRANGER},{NOBODY},ordinary,2019-05-06,",
    ]
    files += [
        a_file(
            FileKind.ACCOUNTS,
            [*accounts, f"{STRANGER[:-1]}f,{one.customer.ref},margin,2026-01-05,"],
        ),
        a_file(FileKind.ACCOUNTS, accounts[:1], day=TUE),
        a_file(FileKind.ACCOUNTS, [accounts[1].replace("-06,", "-05,2026-03-04")], day=WED),
        a_file(FileKind.ACCOUNTS, [accounts[2].replace("2019", "2018")], day=TUE, revision=2),
    ]
    for day, worth in ((MON, 1000), (TUE, 1100)):
        positions = [
            f"{one.ref},{BANK},100,10,{worth}.00,900.00",
            f"{two.ref},{FUND},10,5,50.00,50.00",
        ]
        if day == TUE:
            positions.append(f"{margin.ref},SZ,309001,7,3,21.00,20.00")
            positions = [f"{row},," for row in positions]
            positions.append(f"{one.ref},HK,99001,200,8.6,1582.40,1500.00,HKD,0.92")
            files.append(
                a_file(
                    FileKind.POSITIONS,
                    [row.replace("0.92", "0.93") for row in positions],
                    day=day,
                    revision=2,
                )
            )
        files += [
            a_file(FileKind.POSITIONS, positions, day=day),
            a_file(
                FileKind.CASH,
                [f"{one.ref},{worth},1", f"{two.ref},7,0", f"{STRANGER},1,0"],
                day=day,
            ),
            a_file(FileKind.MARGIN, [f"{margin.ref},300,20"], day=day),
            a_file(FileKind.TRADES, [f"N-1,{one.ref},{BANK},buy,1,10,10,5"], day=day),
        ]
    return [
        *files,
        a_file(FileKind.POSITIONS, [f"{two.ref},{BANK},3,10,30,30"], day=MON, revision=2),
        a_file(FileKind.CASH, [f"{two.ref},8,0"], day=TUE, revision=2),
        a_file(FileKind.CASH, [f"{two.ref},9,0"], day=TUE, revision=3, total="1"),
    ]


def state() -> dict[str, list[Any]]:
    """Everything that files leave behind, without keys and instants."""
    codes = dict(Instrument.objects.values_list("pk", "code"))
    found: dict[str, list[Any]] = {}
    for model in STATE:
        rows: Any = model._default_manager.values()
        found[model.__name__] = sorted(
            tuple(
                codes[value] if name == "instrument_id" else str(value)
                for name, value in row.items()
                if name not in OF_THE_DATABASE
            )
            for row in rows
        )
    securities = Instrument.objects.filter(origin="firm").values()
    found["securities"] = sorted(
        tuple(str(value) for name, value in row.items() if name != "id") for row in securities
    )
    taken = CounterFile.objects.taken().values_list("kind", "day", "revision", "left_out")
    found["files"] = sorted(taken)
    return found


def run(files: list[tuple[Announced, bytes]], order: list[int]) -> dict[str, list[Any]]:
    """The state after the files in this order, with everything undone afterwards."""
    shelf = Shelf(files)
    with transaction.atomic():
        point = transaction.savepoint()
        for place in order:
            bring_file(files[place][0], gateway=shelf, at=AT)
            bring_waiting(gateway=shelf, at=AT)
        measure_assets(at=AT)
        found = state()
        transaction.savepoint_rollback(point)
    return found


def test_any_order_and_repetition_gives_the_same_state():
    files = all_files()
    expected = run(files, list(range(len(files))))
    assert len(expected["AssetSnapshot"]) == 4
    assert len(expected["CustomerAssets"]) == 2
    assert len(expected["Position"]) == 5, "Monday was corrected to one row, Tuesday has four"
    assert any({"HKD", "0.93000000"} <= set(row) for row in expected["Position"])
    bonds = {row[3]: row for row in expected["securities"]}
    assert "2026-03-27" in bonds["019990"], "the newest master that names a day"
    assert "2027-03-20" in bonds["019991"], "an empty cell leaves what is known"
    chance = random.Random(20260302)
    for _each in range(ORDERS):
        order = list(range(len(files)))
        order += chance.sample(order, 5)
        chance.shuffle(order)
        assert run(files, order) == expected, order
