"""Accounts and files of the trading counter for tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID, uuid5

from brokerage.journal.actors import Actor
from holdings.importing.layouts import LAYOUTS
from holdings.importing.reading import Announced
from holdings.models import Account, AssetSnapshot, CounterFile
from holdings.states import AccountKind, FileKind
from holdings.use_cases.open_account import open_account
from holdings.use_cases.take_file import take_file
from tests.customers.factories import a_customer

AT = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
OPENED = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
MON, TUE, WED = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
ACTOR = Actor.system("tests")
SPACE = UUID("00000000-0000-4000-8000-00000000c0de")
BANK = "SH,609001"
FUND = "SH,599001"
SECURITIES = (
    "SH,609001,stock,主板,示范银行,Specimen Bank",
    "SH,599001,fund,,示范货币基金,Specimen Money Fund",
)
_numbers = count(1)


def an_account(customer: Any = None, kind: AccountKind = AccountKind.ORDINARY) -> Account:
    """An account that was opened in January; its ref is the same in every run."""
    number = next(_numbers)
    return open_account(
        customer=customer or a_customer(f"+861370077{number:04d}"),
        ref=uuid5(SPACE, str(number)),
        kind=kind,
        actor=ACTOR,
        at=OPENED,
    )


def a_file(
    kind: FileKind,
    rows: Sequence[str],
    *,
    day: date = MON,
    revision: int = 1,
    total: str | None = None,
    count_of: int | None = None,
    header: str | None = None,
) -> tuple[Announced, bytes]:
    """A file as the counter writes it; totals that are right unless given.

    Without the columns that may be left out where no row has them.
    """
    layout = LAYOUTS[kind]
    least = len(layout.names) - layout.optional
    names = layout.names[: max(least, *(row.count(",") + 1 for row in rows), 0)]
    if total is None:
        place = layout.names.index(layout.total) if layout.total else None
        figures = () if place is None else (Decimal(row.split(",")[place]) for row in rows)
        total = str(sum(figures, Decimal()))
    lines = [
        header or f"H,{kind},{day.isoformat()},{revision}",
        ",".join(names),
        *rows,
        f"T,{len(rows) if count_of is None else count_of},{total}",
    ]
    announced = Announced(f"{kind}-{day:%Y%m%d}-{revision}.csv", kind, day, revision)
    return announced, ("\n".join(lines) + "\n").encode()


def pieces(content: bytes, size: int = 37) -> Iterator[bytes]:
    """The bytes in portions that cut lines and characters."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


def take(made: tuple[Announced, bytes], at: datetime = AT) -> CounterFile:
    announced, content = made
    return take_file(announced=announced, chunks=pieces(content), at=at)


def securities(day: date = MON, rows: Iterable[str] = SECURITIES) -> CounterFile:
    return take(a_file(FileKind.SECURITIES, list(rows), day=day))


def a_day(account: Account, day: date, *, value: str = "1000", cash: str = "500") -> None:
    """A complete day of one account: shares of the bank, and money."""
    take(a_file(FileKind.POSITIONS, [f"{account.ref},{BANK},100,10,{value},900"], day=day))
    take(a_file(FileKind.CASH, [f"{account.ref},{cash},0"], day=day))
    take(a_file(FileKind.MARGIN, [], day=day))


def a_snapshot(customer: Any, day: date, counted: Decimal | int) -> AssetSnapshot:
    amount = Decimal(counted)
    return AssetSnapshot.objects.create(
        customer=customer,
        day=day,
        securities=max(amount, Decimal()),
        cash=0,
        borrowed_cash=max(-amount, Decimal()),
        borrowed_securities=0,
        counted=amount,
    )
