"""Hong Kong, NEEQ and options: taken beside everything else, told in yuan."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from brokerage.reference.models import Instrument, InstrumentKind, Origin
from holdings.models import AssetSnapshot, FileChange, Position, Trade
from holdings.shown import corrected_figures
from holdings.states import FileKind, FileStatus, IssueCode
from tests.holdings.factories import BANK, MON, TUE, a_file, an_account, securities, take
from tests.holdings.test_taking_files import issues
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
MASTER = (
    "SH,609001,stock,主板,示范银行,Specimen Bank",
    "HK,99001,hk,主板,示例港企,Example Harbour",
    "NQ,490001,neeq,创新层,示例创新,Example Innovation",
    "SH,19990001,option,,示范购12月4000,Specimen call",
    "HK,99002,fund,,示例港股基金,Example Hong Kong ETF",
)


@pytest.fixture
def account() -> Any:
    made = an_account()
    assert securities(rows=MASTER).status == FileStatus.TAKEN
    return made


def held(account: Any) -> list[str]:
    return [
        f"{account.ref},{BANK},100,10,1000.00,900.00,,",
        f"{account.ref},HK,99001,200,320.4,59049.72,50000.00,HKD,0.9215",
        f"{account.ref},NQ,490001,100,5.4,540.00,500.00,,",
        f"{account.ref},SH,19990001,2,0.0853,1706.00,2000.00,,",
    ]


def a_whole_day(account: Any) -> None:
    assert take(a_file(FileKind.POSITIONS, held(account))).status == FileStatus.TAKEN
    take(a_file(FileKind.CASH, [f"{account.ref},500,0"]))
    take(a_file(FileKind.MARGIN, []))


def page_of(account: Any, language: str = "en") -> str:
    client = Client(headers={"accept-language": language})
    sign_in(client, account.customer.user)
    return client.get("/assets/").content.decode()


def test_a_day_with_all_markets_is_taken_and_counts_in_yuan(account: Any):
    a_whole_day(account)
    assert AssetSnapshot.objects.get().counted == Decimal("62795.72")
    abroad = Position.objects.get(instrument__market="HK")
    assert (abroad.currency, abroad.rate, abroad.price) == (
        "HKD",
        Decimal("0.9215"),
        Decimal("320.4"),
    )
    assert set(Position.objects.exclude(pk=abroad.pk).values_list("currency", "rate")) == {
        ("", None)
    }


def test_the_page_names_each_class_and_the_price_abroad(account: Any):
    a_whole_day(account)
    page = page_of(account)
    for words in ("Hong Kong stock", "NEEQ stock", "Option contract", "99001.HK", "490001.NQ"):
        assert words in page, words
    assert "320.4 Hong Kong dollars a unit, at a rate of 0.9215" in page
    assert page.count("at a rate of") == 1
    assert "港股" in page_of(account, "zh-hans")


def test_many_classes_share_one_slice_of_the_ring(account: Any):
    kinds = ("fund", "reit", "bond", "conv", "other")
    rows = [f"SZ,15990{n},{kind},,某某{n},Paper {n}" for n, kind in enumerate(kinds)]
    securities(TUE, rows)
    more = [f"{account.ref},SZ,15990{n},1,{n + 1},{n + 1}.00,1.00,," for n in range(len(kinds))]
    take(a_file(FileKind.POSITIONS, [*held(account), *more]))
    take(a_file(FileKind.CASH, [f"{account.ref},500,0"]))
    take(a_file(FileKind.MARGIN, []))
    page = page_of(account)
    assert "Others" in page
    assert "CNY\u00a015.00" in page, "1 + 2 + 3 + 4 + 5"


@pytest.mark.parametrize("abroad", ["HKD,", ",0.92", "USD,0", "USD,0.0"])
def test_a_price_abroad_has_a_rate_and_no_other_price_has(account: Any, abroad: str):
    row = f"{account.ref},HK,99001,200,320.4,59049.72,50000.00,{abroad}"
    file = take(a_file(FileKind.POSITIONS, [row]))
    assert (file.status, issues(file)) == (FileStatus.REFUSED, [(3, "rate", IssueCode.FORM)])
    trade = take(a_file(FileKind.TRADES, [f"1,{account.ref},HK,99001,buy,1,1,1,0,{abroad}"]))
    assert issues(trade) == [(3, "rate", IssueCode.FORM)]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("HK,99003,stock,,某,", "kind"),
        ("NQ,490003,stock,,某,", "kind"),
        ("SH,609003,hk,,某,", "kind"),
        ("SZ,309003,neeq,,某,", "kind"),
        ("SH,609003,option,,某,", "kind"),
        ("SH,60900301,fund,,某,", "kind"),
        ("HK,990031,hk,,某,", "code"),
        ("BJ,92000301,option,,某,", "code"),
        ("SH,6090031,stock,,某,", "code"),
    ],
)
def test_a_master_that_lists_a_paper_where_it_cannot_be_is_refused(row: str, field: str):
    file = take(a_file(FileKind.SECURITIES, [MASTER[0], row]))
    assert (file.status, issues(file)) == (FileStatus.REFUSED, [(4, field, IssueCode.FORM)])


@pytest.mark.parametrize(
    ("market", "code", "kind", "named"),
    [
        ("HK", "990031", InstrumentKind.HONG_KONG, "a_code_fits_its_market"),
        ("SH", "6090", InstrumentKind.STOCK, "a_code_fits_its_market"),
        ("HK", "99003", InstrumentKind.STOCK, "a_kind_fits_its_market"),
        ("SH", "60900301", InstrumentKind.FUND, "a_kind_fits_its_market"),
    ],
)
def test_the_database_refuses_such_a_security(market: str, code: str, kind: str, named: str):
    with pytest.raises(IntegrityError, match=named), transaction.atomic():
        Instrument.objects.create(
            market=market, code=code, kind=kind, name_zh="某", origin=Origin.FIRM
        )


@pytest.mark.parametrize("wrong", [{"currency": "HKD"}, {"rate": 1}, {"currency": "X", "rate": 1}])
def test_the_database_refuses_money_abroad_without_a_rate(account: Any, wrong: dict[str, Any]):
    a_whole_day(account)
    rows = Position.objects.filter(instrument__code="609001")
    with pytest.raises(IntegrityError, match="in_foreign_money"), transaction.atomic():
        rows.update(**wrong)


def test_a_corrected_rate_is_told_row_by_row_and_columns_may_come_or_go(account: Any):
    a_whole_day(account)
    rows = [row.replace("0.9215", "0.9216") for row in held(account)]
    second = take(a_file(FileKind.POSITIONS, rows, revision=2))
    assert (second.added, second.changed, second.removed) == (0, 1, 0)
    change = FileChange.objects.get()
    assert corrected_figures(change) == "exchange rate 0.9215 → 0.9216"
    plain = [row.rpartition(",")[0].rpartition(",")[0] for row in rows]
    third = take(a_file(FileKind.POSITIONS, plain, revision=3))
    assert (third.status, third.changed) == (FileStatus.TAKEN, 1)
    assert not Position.objects.exclude(currency="").exists()


def test_trades_of_all_markets_are_kept(account: Any):
    rows = [
        f"A-1,{account.ref},HK,99001,buy,200,320.4,59049.72,60.00,HKD,0.9215",
        f"A-2,{account.ref},SH,19990001,sell,1,0.0853,853.00,5.00,,",
    ]
    assert take(a_file(FileKind.TRADES, rows, day=MON)).status == FileStatus.TAKEN
    abroad = Trade.objects.get(number="A-1")
    assert (abroad.currency, abroad.shown_price) == ("HKD", Decimal("320.40"))
