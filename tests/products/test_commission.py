"""Average net commission: exact, counted anew after a correction, within one's scope."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from branches.models import OrgUnit
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from holdings.events import FileTaken
from holdings.states import FileKind
from products import handlers
from products.models import CommissionDay
from products.rules.commission import Sums, Traded, add_up
from products.rules.quarters import Quarter
from products.selectors.commission import by_month, by_unit
from products.use_cases.counting_commission import count_commission, days_to_count
from tests.branches.factories import make_staff, make_unit
from tests.holdings.factories import BANK, SECURITIES, a_file, an_account, securities, take
from tests.suitability.factories import AT
from tests.users.factories import sign_in

DAY = date(2026, 3, 2)
NOW = Quarter(2026, 1)
BOND = "SH,019601"
FLOOR = Decimal("0.0000541")  # handling and regulatory of SH and SZ shares since 2023-08-28

AMOUNTS = st.decimals(0, 10**9, places=2)
ROWS = st.lists(
    st.builds(
        Traded,
        group=st.sampled_from([("SH", "stock"), ("SZ", "fund"), ("SH", "bond")]),
        trades=st.integers(1, 1000),
        turnover=AMOUNTS,
        charged=AMOUNTS,
    )
)


@given(ROWS)
def test_every_cent_of_turnover_stands_in_one_figure(rows: list[Traded]):
    found = add_up(rows, {("SH", "stock"): FLOOR, ("SZ", "fund"): Decimal("0.00006")})
    assert found.turnover + found.left_out == sum((row.turnover for row in rows), Decimal(0))
    kept = [row for row in rows if row.group != ("SH", "bond")]
    assert found.net + found.dues == sum((row.charged for row in kept), Decimal(0))
    assert found.trades == sum(row.trades for row in kept)


def test_a_rate_is_of_sums_and_nothing_without_turnover():
    assert Sums().rate is None
    found = Sums(turnover=Decimal(1_000_000), charged=Decimal(300), dues=Decimal("54.10"))
    assert (found.rate, found.charged_rate) == (Decimal("0.000246"), Decimal("0.000300"))


def a_day_of_trades(*trades: str, revision: int = 1) -> Any:
    """A file of trades: account, security, side, amount and fees of each."""
    rows = [f"T{number},{trade}" for number, trade in enumerate(trades)]
    return take(a_file(FileKind.TRADES, rows, revision=revision))


def traded(account: Any, amount: int, fees: str, side: str = "buy", paper: str = BANK) -> str:
    return f"{account.ref},{paper},{side},100,10,{amount}.00,{fees}"


def at_home(unit: OrgUnit | None) -> Any:
    account = an_account()
    account.customer.home_outlet_ref = unit.ref if unit else None
    account.customer.save()
    return account


@pytest.mark.django_db
def test_a_day_is_counted_by_outlet_and_again_comes_to_the_same():
    one, other = make_unit(), make_unit()
    securities(rows=(*SECURITIES, f"{BOND},bond,,示范国债,Specimen Bond"))
    mine, yours, nowhere = at_home(one), at_home(other), at_home(None)
    a_day_of_trades(
        traded(mine, 100_000, "30.00"),
        traded(mine, 50_000, "10.00", "sell"),
        traded(yours, 10_000, "5.00"),
        traded(nowhere, 1_000, "5.00"),
        traded(mine, 7_000, "5.00", paper=BOND),
    )
    assert days_to_count() == [DAY]
    assert count_commission(day=DAY, at=AT) == 3
    assert count_commission(day=DAY, at=AT) == 3
    row = CommissionDay.objects.get(unit=one)
    assert (row.trades, row.turnover, row.charged) == (2, Decimal(150_000), Decimal(40))
    assert (row.dues, row.left_out) == (Decimal("8.12"), Decimal(7_000))  # 150,000 × FLOOR
    assert CommissionDay.objects.get(unit=None).turnover == 1_000
    assert days_to_count() == []


@pytest.mark.django_db
def test_a_correction_of_the_counter_counts_anew_and_twice_told_is_counted_once():
    securities()
    account = at_home(make_unit())
    a_day_of_trades(traded(account, 100_000, "30.00"))
    tell()
    a_day_of_trades(traded(account, 200_000, "30.00"), revision=2)
    tell()
    tell()
    assert CommissionDay.objects.get().turnover == 200_000
    CommissionDay.objects.all().delete()
    tell("securities")  # no trades: nothing is counted
    assert not CommissionDay.objects.exists()


def tell(kind: str = "trades") -> None:
    """Hand the newest entry of a taken file of this kind to the subscriber."""
    rows = Entry.objects.filter(kind="holdings.file_taken").order_by("-id")
    entry = next(row for row in rows if row.payload["file_kind"] == kind)
    event = FileTaken.restore(subject=entry.subject_ref, payload=entry.payload)
    handlers.count_commission_of(event, entry)  # type: ignore[arg-type]  # plays the part that is asked


def counted(unit: OrgUnit, day: date, turnover: int, charged: str, dues: str) -> None:
    CommissionDay.objects.create(
        day=day,
        unit=unit,
        trades=1,
        turnover=turnover,
        charged=Decimal(charged),
        dues=Decimal(dues),
        left_out=0,
        counted_at=AT,
    )


@pytest.mark.django_db
def test_months_and_outlets_add_up_within_what_one_sees(django_assert_num_queries: Any):
    one, other = make_unit(), make_unit()
    counted(one, date(2026, 2, 27), 100_000, "30", "5")
    counted(one, date(2026, 3, 2), 100_000, "20", "5")
    counted(other, date(2026, 3, 3), 300_000, "30", "15")
    counted(other, date(2025, 3, 31), 300_000, "30", "15")  # thirteen months back
    both = OrgUnit.objects.filter(pk__in=[one.pk, other.pk])
    with django_assert_num_queries(1):
        found = by_month(both, NOW)
    assert [(month, sums.rate) for month, sums in found] == [
        (date(2026, 2, 1), Decimal("0.000250")),
        (date(2026, 3, 1), Decimal("0.000075")),
    ]
    only = by_month(both.filter(pk=one.pk), NOW)
    assert [sums.turnover for _month, sums in only] == [100_000, 100_000]
    with django_assert_num_queries(1):
        outlets = by_unit([one, other], NOW)
    assert [(each.name, each.sums.net) for each in outlets] == [
        (one.name, Decimal(40)),
        (other.name, Decimal(15)),
    ]


@pytest.mark.django_db
def test_the_board_shows_it_to_a_manager_of_the_outlets_below_alone(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(clock, "now", lambda: AT)
    one, other = make_unit(), make_unit()
    counted(one, date(2026, 3, 2), 100_000, "30", "5")
    counted(other, date(2026, 3, 2), 100_000, "90", "5")
    manager = make_staff(Role.BRANCH_MANAGER, one)
    client = sign_in(Client(headers={"accept-language": "zh-hans"}), manager)
    for address in ("", f"{one.code}/"):
        text = client.get(f"/admin/products/goal/board/{address}?quarter=2026Q1").content.decode()
        assert "0.025%" in text
        assert "0.085%" not in text
