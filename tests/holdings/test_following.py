"""Units and money follow from the day before and the trades; the desk lists what does not."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from brokerage.core.roles import Role
from holdings.gateways.sandbox import PlayedCounter
from holdings.models import CounterDay
from holdings.selectors.following import differing_units, moved_money
from holdings.states import AccountKind, FileKind
from holdings.use_cases.bring_files import bring_day
from holdings.use_cases.compare_days import compare_days
from tests.branches.factories import make_staff, make_unit
from tests.holdings.factories import (
    AT,
    BANK,
    FUND,
    MON,
    TUE,
    WED,
    a_file,
    an_account,
    securities,
    take,
)
from tests.holdings.shelves import Shelf
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def positions(account: Any, units: int, day: Any, *more: str, revision: int = 1) -> Any:
    rows = [f"{account.ref},{BANK},{units},10,{units * 10},900", *more]
    return a_file(FileKind.POSITIONS, rows, day=day, revision=revision)


@pytest.fixture
def account() -> Any:
    """100 units on Monday; 30 bought and 10 sold on Tuesday, 120 held then."""
    made = an_account()
    securities()
    take(positions(made, 100, MON))
    trades = [
        f"N-1,{made.ref},{BANK},buy,30,10,300,5",
        f"N-2,{made.ref},{BANK},sell,10,10,100,5",
    ]
    take(a_file(FileKind.TRADES, trades, day=TUE))
    take(positions(made, 120, TUE))
    return made


def differing(day: Any) -> int | None:
    return CounterDay.objects.get(day=day).differing


def test_what_follows_is_counted_as_nothing_and_compared_once(account: Any):
    assert compare_days(at=AT + HOUR) == 1
    assert differing(TUE) == 0
    assert compare_days(at=AT + 2 * HOUR) == 0, "no file came since"
    assert not CounterDay.objects.filter(day=MON).exists(), "nothing to compare Monday with"


@pytest.mark.parametrize("day", [MON, TUE])
def test_a_correction_of_either_day_is_compared_again(account: Any, day: Any):
    compare_days(at=AT + HOUR)
    units = {MON: 100, TUE: 120}[day]
    fund = f"{account.ref},{FUND},7.5,2,15,15"
    take(positions(account, units + 1, day, fund, revision=2), at=AT + 2 * HOUR)
    assert compare_days(at=AT + 3 * HOUR) == 1
    assert differing(TUE) == 2
    bank, other = differing_units(TUE)
    assert (bank.account, bank.instrument.code) == (account, "609001")
    assert [bank.before, bank.traded, bank.after] == list(
        map(Decimal, (101, 20, 120) if day == MON else (100, 20, 121))
    )
    assert other.before + other.after == Decimal("7.5")


def test_a_run_compares_and_the_next_one_makes_good_what_a_killed_one_left(account: Any):
    bring_day(day=WED, gateway=Shelf(), at=AT + HOUR)
    assert differing(TUE) == 0


def test_a_day_without_trades_or_the_day_before_is_not_compared(account: Any):
    take(positions(account, 5, WED))
    assert compare_days(at=AT + HOUR) == 1
    assert not CounterDay.objects.filter(day=WED).exists()


def test_the_desk_counts_and_lists_what_does_not_follow(account: Any):
    take(positions(account, 125, TUE, revision=2))
    compare_days(at=AT + HOUR)
    client = Client(headers={"accept-language": "en"})
    with time_machine.travel(AT + HOUR, tick=False):
        sign_in(client, make_staff(Role.OPERATIONS, make_unit()))
        desk = reverse("admin:holdings_desk")
        page = client.get(desk).content.decode()
        listed = client.get(desk, {"day": TUE.isoformat()}).content.decode()
        other = client.get(desk, {"day": "x"})
        early = client.get(desk, {"day": MON.isoformat()}).content.decode()
    assert "1 holding does not follow from the day before and the trades." in page
    assert str(account.ref) not in page
    assert str(account.ref) in listed
    for figure in (">100<", ">20<", ">125<"):
        assert figure in listed, figure
    assert other.status_code == 200
    assert 'id="differing"' not in early, "Monday was not compared"


def test_all_that_the_sandbox_plays_follows():
    an_account()
    for day in (MON, TUE, WED):
        bring_day(day=day, gateway=PlayedCounter(), at=AT)
    assert [differing(day) for day in (TUE, WED)] == [0, 0]
    assert [moved(day) for day in (TUE, WED)] == [0, 0]


# --- money ----------------------------------------------------------------------------------
@pytest.fixture
def money() -> Any:
    """1,000 on Monday; on Tuesday 300 + 5 go for shares, 100 - 5 come for shares, 790 are left."""
    made = an_account()
    securities()
    trades = [
        f"N-1,{made.ref},{BANK},buy,30,10,300,5",
        f"N-2,{made.ref},{BANK},sell,10,10,100,5",
    ]
    take(a_file(FileKind.TRADES, trades, day=TUE))
    for day, amount in ((MON, "1000.00"), (TUE, "790.00")):
        take(cash(made, amount, day))
        take(a_file(FileKind.MARGIN, [], day=day))
    return made


def cash(account: Any, amount: str, day: Any, *, revision: int = 1) -> Any:
    return a_file(FileKind.CASH, [f"{account.ref},{amount},0"], day=day, revision=revision)


def moved(day: Any) -> int | None:
    return CounterDay.objects.get(day=day).moved


def test_money_that_follows_from_trades_and_fees_is_counted_as_nothing(money: Any):
    assert compare_days(at=AT + HOUR) == 1
    assert (moved(TUE), differing(TUE)) == (0, None)
    assert compare_days(at=AT + 2 * HOUR) == 0, "no file came since"


@pytest.mark.parametrize(("amount", "without"), [("1790.00", "1000"), ("789.99", "-0.01")])
def test_a_deposit_and_a_withdrawal_are_counted_and_listed(money: Any, amount: str, without: str):
    compare_days(at=AT + HOUR)
    take(cash(money, amount, TUE, revision=2), at=AT + 2 * HOUR)
    assert compare_days(at=AT + 3 * HOUR) == 1
    assert moved(TUE) == 1
    (found,) = moved_money(TUE)
    assert [found.account, found.before, found.traded] == [money, 1000, -210]
    assert found.without_trade == Decimal(without)


def test_borrowed_money_is_none_that_came(money: Any):
    """Whoever borrows has more cash and owes as much; interest is what makes a difference."""
    other = an_account(money.customer, AccountKind.MARGIN)
    rows = [f"{money.ref},790.00,0", f"{other.ref},400.00,0"]
    take(a_file(FileKind.CASH, rows, day=TUE, revision=2), at=AT + HOUR)
    owed = [f"{other.ref},400.00,50"]
    take(a_file(FileKind.MARGIN, owed, day=TUE, revision=2), at=AT + HOUR)
    compare_days(at=AT + 2 * HOUR)
    assert moved(TUE) == 0
    take(a_file(FileKind.MARGIN, [f"{other.ref},400.30,50"], day=TUE, revision=3), at=AT + HOUR)
    compare_days(at=AT + 3 * HOUR)
    assert [each.without_trade for each in moved_money(TUE)] == [Decimal("-0.30")]


def test_money_is_not_compared_before_margin_balances_of_both_days_are_there():
    made = an_account()
    for day in (MON, TUE):
        take(cash(made, "1", day))
        take(a_file(FileKind.TRADES, [], day=day))
    take(a_file(FileKind.MARGIN, [], day=TUE))
    assert compare_days(at=AT + HOUR) == 0


def test_the_desk_lists_the_largest_first(money: Any):
    second, third = (an_account() for _ in range(2))
    rows = [f"{money.ref},790,0", f"{second.ref},5,0", f"{third.ref},60000.50,0"]
    take(a_file(FileKind.CASH, rows, day=TUE, revision=2), at=AT + HOUR)
    compare_days(at=AT + 2 * HOUR)
    client = Client(headers={"accept-language": "en"})
    with time_machine.travel(AT + HOUR, tick=False):
        sign_in(client, make_staff(Role.OPERATIONS, make_unit()))
        desk = reverse("admin:holdings_desk")
        page = client.get(desk).content.decode()
        listed = client.get(desk, {"day": TUE.isoformat()}).content.decode()
    assert "2 accounts have money that came or went without a trade." in page
    assert str(third.ref) not in page
    assert listed.index(str(third.ref)) < listed.index(str(second.ref))
    assert str(money.ref) not in listed
    assert ">60,000.50<" in listed
