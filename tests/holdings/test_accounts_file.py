"""The counter's list of accounts: it opens accounts, and nobody stops everybody."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.urls import reverse

from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from holdings.models import (
    Account,
    AssetSnapshot,
    CashBalance,
    CounterFile,
    CustomerAssets,
    UnknownAccount,
)
from holdings.selectors.averages import has_account
from holdings.states import AccountKind, FileKind, FileStatus, IssueCode
from holdings.use_cases.bring_files import bring_day
from tests.backoffice.factories import desk_of
from tests.branches.factories import make_staff, make_unit
from tests.customers.factories import a_customer
from tests.holdings.factories import AT, MON, TUE, a_file, an_account, take
from tests.holdings.shelves import Shelf

pytestmark = pytest.mark.django_db
STRANGE, NOBODY = UUID(int=7), UUID(int=8)


def listed(*rows: str, day: date = MON, revision: int = 1) -> CounterFile:
    return take(a_file(FileKind.ACCOUNTS, list(rows), day=day, revision=revision))


def issues(file: Any) -> list[tuple[int, str, str]]:
    return list(file.issues.values_list("row", "field", "code"))


def test_a_list_brings_accounts_that_others_opened_and_tells_their_customers():
    account = an_account()
    margin = uuid4()
    file = listed(
        f"{account.ref},{account.customer.ref},ordinary,2026-01-05,",
        f"{margin},{account.customer.ref},margin,2026-03-02,",
    )
    assert (file.status, file.added, file.changed) == (FileStatus.TAKEN, 1, 0)
    made = Account.objects.get(ref=margin)
    assert (made.customer, made.kind) == (account.customer, AccountKind.MARGIN)
    assert made.opened_on == MON
    assert Entry.objects.filter(kind="holdings.account_kept", subject_ref=margin).count() == 1
    debts = take(a_file(FileKind.MARGIN, [f"{margin},300,0"]))
    assert debts.status == FileStatus.TAKEN


def test_the_newest_list_says_when_an_account_was_opened_and_closed_in_any_order():
    account = an_account()
    begin = f"{account.ref},{account.customer.ref},ordinary"
    lists = [
        a_file(FileKind.ACCOUNTS, [f"{begin},2026-01-06,"], day=MON),
        a_file(FileKind.ACCOUNTS, [f"{begin},2026-01-07,2026-03-03"], day=TUE),
        a_file(FileKind.ACCOUNTS, [f"{begin},2026-01-06,"], day=MON, revision=2),
    ]
    for order in ([0, 1, 2], [1, 2, 0], [2, 0, 1]):
        Account.objects.update(opened_on=date(2026, 1, 5), closed_on=None, told_by="")
        CounterFile.objects.all().delete()
        for place in order:
            take(lists[place])
        account.refresh_from_db()
        assert (account.opened_on, account.closed_on) == (date(2026, 1, 7), TUE), order
    assert has_account(account.customer, TUE)
    assert not has_account(account.customer, date(2026, 3, 4))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("{ref},{other},ordinary,2026-01-05,", ("customer", IssueCode.OWNER)),
        ("{ref},{owner},margin,2026-01-05,", ("kind", IssueCode.KIND)),
        ("{ref},{owner},ordinary,2026-01-05,2026-01-04", ("closed_on", IssueCode.FORM)),
        ("{ref},{owner},ordinary,2026-02-29,", ("opened_on", IssueCode.FORM)),
        ("{ref},{owner},credit,2026-01-05,", ("kind", IssueCode.FORM)),
        ("{ref},12,ordinary,2026-01-05,", ("customer", IssueCode.FORM)),
    ],
)
def test_a_list_that_contradicts_what_is_kept_is_refused(row: str, expected: tuple[str, str]):
    account, other = an_account(), a_customer("+8613700799999")
    text = row.format(ref=account.ref, owner=account.customer.ref, other=other.ref)
    file = listed(text)
    assert file.status == FileStatus.REFUSED
    assert issues(file) == [(3, *expected)]


@time_machine.travel(AT, tick=False)
def test_an_account_of_nobody_here_is_set_aside_and_everybody_else_goes_on():
    account = an_account()
    cash = a_file(FileKind.CASH, [f"{account.ref},5,0", f"{STRANGE},7,0"])
    assert take(cash).status == FileStatus.WAITING, "nobody has named it yet"
    shelf = Shelf(
        a_file(
            FileKind.ACCOUNTS,
            [
                f"{account.ref},{account.customer.ref},ordinary,2026-01-05,",
                f"{STRANGE},{NOBODY},ordinary,2019-05-06,",
            ],
        ),
        cash,
        a_file(FileKind.POSITIONS, []),
        a_file(FileKind.MARGIN, []),
    )
    bring_day(day=MON, gateway=shelf, at=AT)

    taken = CounterFile.objects.get(kind=FileKind.CASH)
    assert (taken.status, taken.left_out, taken.added) == (FileStatus.TAKEN, 1, 1)
    assert AssetSnapshot.objects.get().counted == 5
    assert UnknownAccount.objects.get().customer_ref == NOBODY
    client = desk_of(make_staff(Role.OPERATIONS, make_unit()))
    desk = client.get(reverse("admin:holdings_desk")).content.decode()
    assert "1 account of the counter belongs to nobody here" in desk
    assert "1 left out" in desk
    page = client.get(reverse("admin:holdings_unknownaccount_changelist")).content.decode()
    assert str(STRANGE) in page


def test_once_its_customer_is_kept_here_what_was_left_out_is_taken():
    account, owner = an_account(), a_customer("+8613700788888")
    ours = f"{account.ref},{account.customer.ref},ordinary,2026-01-05,"
    shelf = Shelf(
        a_file(FileKind.ACCOUNTS, [ours, f"{STRANGE},{NOBODY},ordinary,2019-05-06,"]),
        a_file(FileKind.CASH, [f"{account.ref},5,0", f"{STRANGE},7,0"]),
        a_file(FileKind.POSITIONS, []),
        a_file(FileKind.MARGIN, []),
    )
    bring_day(day=MON, gateway=shelf, at=AT)
    shelf.add(
        a_file(FileKind.ACCOUNTS, [ours, f"{STRANGE},{owner.ref},ordinary,2019-05-06,"], day=TUE)
    )
    shelf.asked.clear()
    for _twice in range(2):
        bring_day(day=TUE, gateway=shelf, at=AT)
    assert shelf.asked == ["accounts-20260303-1.csv", "cash-20260302-1.csv"]
    taken = CounterFile.objects.get(kind=FileKind.CASH)
    assert (taken.left_out, taken.retake, taken.added) == (0, False, 1)
    assert CashBalance.objects.get(account__customer=owner).amount == 7
    assert CustomerAssets.objects.get(customer=owner).counted == 7
    assert not UnknownAccount.objects.exists()


def test_a_closed_account_of_nobody_troubles_no_desk():
    listed(f"{STRANGE},{NOBODY},ordinary,2019-05-06,2021-05-06")
    client = desk_of(make_staff(Role.OPERATIONS, make_unit()))
    assert "belongs to nobody" not in client.get(reverse("admin:holdings_desk")).content.decode()


def test_a_row_of_before_the_opening_is_fetched_again_once_a_list_names_an_earlier_day():
    account = an_account()
    early = date(2026, 1, 5)
    listed(f"{account.ref},{account.customer.ref},ordinary,2026-01-06,", day=early)
    shelf = Shelf(a_file(FileKind.CASH, [f"{account.ref},5,0"], day=early))
    assert bring_day(day=early, gateway=shelf, at=AT)[0].status == FileStatus.REFUSED
    listed(f"{account.ref},{account.customer.ref},ordinary,2026-01-05,", day=early, revision=2)
    assert bring_day(day=early, gateway=shelf, at=AT)[0].status == FileStatus.TAKEN
