"""Files of the trading counter: taken whole or refused with line, column and reason."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from brokerage.journal.models import Entry
from brokerage.reference.models import Instrument
from holdings.importing.reading import MOST_ISSUES
from holdings.models import AssetSnapshot, CashBalance, Position, Trade
from holdings.states import AccountKind, FileKind, FileStatus, IssueCode
from tests.holdings.factories import (
    AT,
    BANK,
    FUND,
    MON,
    TUE,
    a_day,
    a_file,
    an_account,
    securities,
    take,
)

pytestmark = pytest.mark.django_db


def issues(file: Any) -> list[tuple[int, str, str]]:
    return list(file.issues.values_list("row", "field", "code"))


def test_a_complete_day_becomes_a_snapshot_without_what_was_borrowed():
    ordinary = an_account()
    margin = an_account(ordinary.customer, AccountKind.MARGIN)
    securities()
    positions = [
        f"{ordinary.ref},{BANK},100,10.5,1050.00,900.00",
        f"{margin.ref},{FUND},50,2,100.00,100.00",
    ]
    take(a_file(FileKind.POSITIONS, positions))
    take(a_file(FileKind.CASH, [f"{ordinary.ref},500.25,100", f"{margin.ref},80,0"]))
    assert not AssetSnapshot.objects.exists(), "the day is not complete"
    take(a_file(FileKind.MARGIN, [f"{margin.ref},60.10,30"]))

    found = AssetSnapshot.objects.get()
    assert (found.customer, found.day) == (ordinary.customer, MON)
    assert (found.securities, found.cash) == (Decimal("1150.00"), Decimal("580.25"))
    assert (found.borrowed_cash, found.borrowed_securities) == (Decimal("60.10"), Decimal("30"))
    assert found.counted == Decimal("1640.15")


def test_the_same_file_again_changes_nothing():
    account = an_account()
    securities()
    made = a_file(FileKind.CASH, [f"{account.ref},500,0"])
    first, entries = take(made), Entry.objects.count()

    second = take(made)

    assert second == first
    assert second.status == FileStatus.TAKEN
    assert Entry.objects.count() == entries


def test_a_correction_replaces_its_day_and_says_what_differed():
    one, two, three = (an_account() for _ in range(3))
    first = take(a_file(FileKind.CASH, [f"{one.ref},1,0", f"{two.ref},2,0"]))
    corrected = [f"{two.ref},5,0", f"{three.ref},3,0"]
    second = take(a_file(FileKind.CASH, corrected, revision=2))

    first.refresh_from_db()
    assert (first.status, second.status) == (FileStatus.REPLACED, FileStatus.TAKEN)
    assert (second.added, second.changed, second.removed) == (1, 1, 1)
    assert dict(CashBalance.objects.values_list("account", "amount")) == {two.pk: 5, three.pk: 3}


def test_a_correction_corrects_the_snapshots_too():
    account = an_account()
    securities()
    a_day(account, MON)
    take(a_file(FileKind.CASH, [f"{account.ref},700,0"], revision=2))
    assert AssetSnapshot.objects.get().cash == 700
    take(a_file(FileKind.CASH, [], revision=3))
    take(a_file(FileKind.POSITIONS, [], revision=2))
    assert not AssetSnapshot.objects.exists(), "who holds nothing has no snapshot"


def test_a_late_file_of_a_lower_revision_changes_nothing():
    account = an_account()
    take(a_file(FileKind.CASH, [f"{account.ref},5,0"], revision=2))
    late = take(a_file(FileKind.CASH, [f"{account.ref},1,0"], revision=1))
    assert late.status == FileStatus.OUTDATED
    assert CashBalance.objects.get().amount == 5


def test_a_correction_outdates_what_waits_whichever_comes_first():
    account, unknown = an_account(), f"{UUID(int=7)},5,0"
    waits = take(a_file(FileKind.CASH, [unknown]))
    assert waits.status == FileStatus.WAITING
    take(a_file(FileKind.CASH, [f"{account.ref},5,0"], revision=3))
    waits.refresh_from_db()
    assert waits.status == FileStatus.OUTDATED, "even if it is never fetched again"
    late = take(a_file(FileKind.CASH, [unknown], revision=2))
    assert late.status == FileStatus.OUTDATED


@pytest.mark.parametrize("total", ["1" * 21, "1" * 24, "1" * 24 + ".000001"])
def test_a_control_total_that_no_column_holds_is_refused(total: str):
    account = an_account()
    file = take(a_file(FileKind.CASH, [f"{account.ref},5,0"], total=total))
    assert file.status == FileStatus.REFUSED
    assert issues(file) == [(4, "", IssueCode.ENDING)], "the line is none that ends a file"


def test_other_bytes_under_a_revision_that_was_taken_are_refused():
    account = an_account()
    take(a_file(FileKind.CASH, [f"{account.ref},5,0"]))
    other = take(a_file(FileKind.CASH, [f"{account.ref},6,0"]))
    assert other.status == FileStatus.REFUSED
    assert issues(other) == [(1, "revision", IssueCode.SAME_REVISION)]
    assert CashBalance.objects.get().amount == 5


GOOD = f"{{ref}},{BANK},100,10.5,1050.00,900.00"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (f"{{ref}},{BANK},-1,10,10.00,9", (3, "quantity", IssueCode.NEGATIVE)),
        (f"{{ref}},{BANK},1,ten,10.00,9", (3, "price", IssueCode.FORM)),
        (f"{{ref}},{BANK},1,10,10.001,9", (3, "value", IssueCode.FORM)),
        (f"{{ref}},{BANK},1,1e5,10.00,9", (3, "price", IssueCode.FORM)),
        ("{ref},XX,609001,1,10,10.00,9", (3, "market", IssueCode.FORM)),
        ("{ref},HK,609001,1,10,10.00,9", (3, "code", IssueCode.FORM)),
        (f"123,{BANK},1,10,10.00,9", (3, "account", IssueCode.FORM)),
        (f"{{ref}},{BANK},1,10,10.00", (3, "", IssueCode.CELLS)),
        (f"{{ref}},{BANK},1,10,10.00,9,,9,9", (3, "", IssueCode.CELLS)),
        (f'"{{ref}}",{BANK},1,10,10.00,9', (3, "", IssueCode.ENCODING)),
    ],
)
def test_a_bad_row_refuses_the_file_with_its_line_and_column(
    row: str, expected: tuple[int, str, str]
):
    account = an_account()
    securities()
    rows = [row.format(ref=account.ref), GOOD.format(ref=an_account().ref)]
    file = take(a_file(FileKind.POSITIONS, rows, total="1060.00"))
    assert file.status == FileStatus.REFUSED
    assert expected in issues(file)
    assert not Position.objects.exists()


def test_a_file_in_another_encoding_is_refused():
    announced, content = a_file(FileKind.SECURITIES, ["SH,609001,stock,,示范银行,"])
    file = take((announced, content.decode().encode("gb18030")))
    assert issues(file) == [(3, "", IssueCode.ENCODING)]


def test_a_repeated_row_is_refused():
    account = an_account()
    row = f"{account.ref},1,0"
    assert issues(take(a_file(FileKind.CASH, [row, row]))) == [(4, "account", IssueCode.TWICE)]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"total": "6"}, (0, "amount", IssueCode.TOTAL)),
        ({"count_of": 3}, (4, "", IssueCode.ROWS)),
        ({"header": "H,cash,2026-03-03,1"}, (1, "day", IssueCode.DAY)),
        ({"header": "H,margin,2026-03-02,1"}, (1, "", IssueCode.HEADER)),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(more: Any, expected: tuple[int, str, str]):
    file = take(a_file(FileKind.CASH, [f"{an_account().ref},5,0"], **more))
    assert (file.status, issues(file)) == (FileStatus.REFUSED, [expected])
    assert not CashBalance.objects.exists()


def test_a_part_of_a_file_is_refused_as_a_whole_and_the_whole_is_taken_afterwards():
    account = an_account()
    announced, content = a_file(FileKind.CASH, [f"{account.ref},5,0"])
    cut = take((announced, content[: content.rindex(b"T,")]))
    assert (cut.status, issues(cut)) == (FileStatus.REFUSED, [(3, "", IssueCode.ENDING)])
    assert not CashBalance.objects.exists()
    assert take((announced, content)).status == FileStatus.TAKEN


def test_lines_after_the_end_are_refused():
    announced, content = a_file(FileKind.CASH, [])
    assert issues(take((announced, content + b"x,1,0\n"))) == [(4, "", IssueCode.AFTER_END)]


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 3, 1), IssueCode.NO_TRADING),
        (AT.date() + timedelta(days=3), IssueCode.FUTURE),
        (date(1995, 3, 1), IssueCode.CALENDAR),
    ],
)
def test_a_day_without_trading_is_refused(day: date, code: IssueCode):
    file = take(a_file(FileKind.CASH, [], day=day))
    assert (file.status, issues(file)) == (FileStatus.REFUSED, [(1, "day", code)])


def test_unknown_accounts_and_securities_wait_until_they_are_known():
    account = an_account()
    made = a_file(FileKind.POSITIONS, [GOOD.format(ref=account.ref)])
    waiting = take(made)
    assert waiting.status == FileStatus.WAITING
    assert issues(waiting) == [(3, "code", IssueCode.SECURITY)]

    securities()
    taken = take(made)

    assert (taken.pk, taken.status, issues(taken)) == (waiting.pk, FileStatus.TAKEN, [])
    stranger = f"{'0' * 8}-0000-4000-8000-{'0' * 12},5,0"
    assert issues(take(a_file(FileKind.CASH, [stranger]))) == [(3, "account", IssueCode.ACCOUNT)]


def test_what_cannot_be_is_refused_with_its_cell():
    account = an_account()
    securities()
    held = take(a_file(FileKind.CASH, [f"{account.ref},5,6"]))
    debt = take(a_file(FileKind.MARGIN, [f"{account.ref},5,6"]))
    trade = take(a_file(FileKind.TRADES, [f"1,{account.ref},{BANK},buy,0,1,0,0"]))
    early = take(a_file(FileKind.CASH, [f"{account.ref},5,0"], day=date(2025, 12, 31)))
    assert issues(held) == [(3, "frozen", IssueCode.FORM)]
    assert issues(debt) == [(3, "account", IssueCode.KIND)]
    assert issues(trade) == [(3, "quantity", IssueCode.FORM)]
    assert issues(early) == [(3, "account", IssueCode.BEFORE_OPENING)]


def test_errors_are_told_up_to_a_number_and_no_value_is_kept():
    rows = [f"x{n},1,0" for n in range(MOST_ISSUES + 50)]
    file = take(a_file(FileKind.CASH, rows))
    assert file.issue_count == MOST_ISSUES
    assert file.rows == MOST_ISSUES + 50


@pytest.mark.parametrize("kind", [FileKind.CASH, FileKind.POSITIONS, FileKind.MARGIN])
def test_a_sum_that_nobody_can_own_is_an_error_of_the_file(kind: FileKind):
    account = an_account()
    margin = an_account(account.customer, AccountKind.MARGIN)
    securities()
    a_day(account, MON)
    most = "9" * 18
    row, name = {
        FileKind.CASH: (f"{account.ref},{most},0", "amount"),
        FileKind.POSITIONS: (f"{account.ref},{BANK},1,1,{most},0", "value"),
        FileKind.MARGIN: (f"{margin.ref},0,{most}", "borrowed_securities"),
    }[kind]
    file = take(a_file(kind, [row], revision=2))
    assert (file.status, issues(file)) == (
        FileStatus.REFUSED,
        [(0, name, IssueCode.TOO_MUCH)],
    )
    assert AssetSnapshot.objects.get().counted == 1500, "the day stays as it was"


def test_trades_are_kept_once():
    account = an_account()
    securities()
    rows = [
        f"A-1,{account.ref},{BANK},buy,100,10.5,1050.00,5.00",
        f"A-2,{account.ref},{FUND},sell,10,2,20.00,0",
    ]
    made = a_file(FileKind.TRADES, rows)
    take(made)
    take(made)
    assert Trade.objects.count() == 2


def test_the_newest_master_names_a_security_whatever_comes_last():
    securities(TUE, ["SH,609001,stock,主板,新名银行,"])
    old = securities(MON)
    assert Instrument.objects.get(code="609001").name_zh == "新名银行"
    assert Instrument.objects.filter(code="599001").exists(), "what only the older one has"
    assert (old.added, old.changed) == (1, 0)


def test_the_database_refuses_a_snapshot_in_which_debt_counts():
    account = an_account()
    with pytest.raises(IntegrityError, match="what_was_borrowed"), transaction.atomic():
        AssetSnapshot.objects.create(
            customer=account.customer,
            day=MON,
            securities=10,
            cash=0,
            borrowed_cash=5,
            borrowed_securities=0,
            counted=10,
        )


def test_nothing_is_left_in_temporary_tables(transactional_db: None):
    take(a_file(FileKind.CASH, []))
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('holdings_stage'), to_regclass('holdings_fresh')")
        assert cursor.fetchone() == (None, None)


def test_the_day_on_which_a_bond_matures_is_known_until_another_file_names_another():
    bond = "SH,019990,bond,,演示国债,Specimen bond"

    def known() -> Any:
        return Instrument.objects.get(code="019990").matures_on

    take(a_file(FileKind.SECURITIES, [f"{bond},2026-03-20", f"{BANK},stock,,演示银行,,"]))
    assert known() == date(2026, 3, 20)
    without = take(a_file(FileKind.SECURITIES, [bond], day=TUE))
    assert (without.status, without.changed, known()) == ("taken", 0, date(2026, 3, 20))
    later = take(a_file(FileKind.SECURITIES, [f"{bond},2026-03-27"], day=TUE, revision=2))
    assert (later.changed, known()) == (1, date(2026, 3, 27))
    refused = take(a_file(FileKind.SECURITIES, [f"{bond},2026-02-30"], day=TUE, revision=3))
    assert issues(refused) == [(3, "matures", IssueCode.FORM)]
    assert known() == date(2026, 3, 27)
