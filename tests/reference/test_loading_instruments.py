"""Loading the securities master: codes are used again, and a list may name earlier holders."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from brokerage.reference.loading import BadFile
from brokerage.reference.models import Instrument, InstrumentKind
from brokerage.reference.use_cases.load_instruments import load_instruments
from tests.reference.factories import SHARED, write

STOCKS = "ts_code,name,cnspell,area,industry,board,list_date\n"
FUNDS = "ts_code,name,fund_type,list_date,delist_date,status\n"
BANK = "000001.SZ,平安银行,PAYH,深圳,银行,main,1991-04-03\n"
OLD_FUND = "1500011.SZ,瑞福进取,股票型,2007-09-21,2012-07-16,D\n"
FUND = "150001.SZ,瑞福进取,股票型,2012-08-17,2015-08-14,D\n"

pytestmark = pytest.mark.django_db


def test_stocks_are_loaded_once(tmp_path):
    path = write(tmp_path, STOCKS + BANK)
    assert load_instruments(path, source="list").added == 1
    assert load_instruments(path, source="list").unchanged == 1
    bank = Instrument.objects.get(market="SZ", code="000001")
    assert (bank.kind, bank.board, bank.listed_on) == ("stock", "main", date(1991, 4, 3))
    assert bank.name == "平安银行"


def test_an_appended_digit_names_an_earlier_holder(tmp_path):
    load_instruments(write(tmp_path, FUNDS + OLD_FUND + FUND))
    holders = Instrument.objects.filter(code="150001")
    assert [(one.generation, str(one.listed_on)) for one in holders] == [
        (0, "2012-08-17"),
        (1, "2007-09-21"),
    ]


def test_a_new_holder_moves_the_old_one_back(tmp_path):
    load_instruments(write(tmp_path, FUNDS + FUND.replace("2015-08-14,D", ",L")))
    new = "150001.SZ,新瑞福,REITs,2020-01-02,,L\n1500011.SZ,瑞福进取,股票型,2012-08-17,,D\n"
    counts = load_instruments(write(tmp_path, FUNDS + new))
    assert (counts.added, counts.changed) == (1, 1)
    live = Instrument.objects.get(code="150001", is_delisted=False)
    assert (live.name_zh, live.kind) == ("新瑞福", InstrumentKind.REIT)


def test_the_database_refuses_two_listed_holders(tmp_path):
    load_instruments(write(tmp_path, STOCKS + BANK))
    bank = Instrument.objects.get()
    bank.pk, bank.generation = None, 1
    with pytest.raises(IntegrityError, match="one_listed_holder"), transaction.atomic():
        bank.save()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (STOCKS + BANK.replace("000001", "00001"), "row 2, ts_code: reads like"),
        (STOCKS + BANK.replace(".SZ", ".NY"), "row 2, ts_code"),
        (STOCKS + BANK + BANK, "row 3, ts_code: stands in the file twice"),
        (STOCKS + BANK.replace("平安银行", ""), "row 2, name: is empty"),
        (STOCKS + BANK.replace("1991-04-03", "19910403"), "row 2, list_date"),
        (FUNDS + FUND.replace("2015-", "2011-"), "row 2, delist_date: is before"),
        (FUNDS + FUND.replace(",D", ",L"), "row 2, delist_date: stands beside the status L"),
        (FUNDS + FUND.replace(",D", ",X"), "row 2, status"),
        (
            FUNDS + (OLD_FUND + FUND).replace("2012-07-16,D", ",L").replace("2015-08-14,D", ",L"),
            "row 3, ts_code: has two listed holders",
        ),
        ("name\nx\n", "ts_code: is missing in the header"),
    ],
)
def test_a_wrong_list_is_refused_as_a_whole(tmp_path, text, message):
    with pytest.raises(BadFile) as refused:
        load_instruments(write(tmp_path, text))
    assert message in str(refused.value)
    assert not Instrument.objects.exists()


def long_lists(folder: Path) -> list[tuple[Path, int]]:
    """A made list of each form, and the complete ones where they lie beside the repository."""
    stocks = "".join(f"{n:06d}.SZ,股票{n},GP,深圳,银行,main,2020-01-02\n" for n in range(1, 1_500))
    funds = "".join(f"5{n:05d}.SH,基金{n},股票型,2020-01-02,,L\n" for n in range(1, 1_500))
    made = [
        (write(folder, STOCKS + stocks, "stocks.csv"), 1_499),
        (write(folder, FUNDS + funds, "funds.csv"), 1_499),
    ]
    shared = [
        (SHARED / "stocks_a_share.csv", 5_524),
        (SHARED / "funds_exchange_traded.csv", 2_164),
    ]
    return made + [(path, rows) for path, rows in shared if path.exists()]


def test_long_lists_go_in_and_go_in_again(tmp_path):
    for path, rows in long_lists(tmp_path):
        assert load_instruments(path, source="a firm").added <= rows
        again = load_instruments(path, source="a firm")
        assert (again.added, again.changed, again.unchanged) == (0, 0, rows)
