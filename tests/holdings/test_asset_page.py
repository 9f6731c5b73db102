"""The page of what a customer holds, the home card, the own copy and the desk."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from brokerage.core import data_export, home_cards
from brokerage.core.data_export import Person
from brokerage.core.roles import Role
from holdings.dated import expected_files
from holdings.models import CounterFile
from holdings.selectors.desk import days_lacking_files, desk_days
from holdings.states import AccountKind, FileKind, FileStatus
from holdings.use_cases.measure_assets import measure_assets
from tests.branches.factories import make_staff, make_unit
from tests.holdings.factories import (
    AT,
    BANK,
    FUND,
    MON,
    TUE,
    WED,
    a_day,
    a_file,
    an_account,
    securities,
    take,
)
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
PAGE = "/assets/"
HOUR = timedelta(hours=1)


@pytest.fixture
def account() -> Any:
    made = an_account()
    securities()
    for day, value in ((MON, "1000"), (TUE, "1080")):
        a_day(made, day, value=value)
    return made


def signed_in(user: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    sign_in(client, user)
    return client


def test_the_page_shows_holdings_gain_and_what_counts(account: Any):
    page = signed_in(account.customer.user).get(PAGE).content.decode()
    for words in ("Specimen Bank", "609001.SH", "CNY\u00a01,080.00", "+20.00%", "1,580.00"):
        assert words in page, words
    assert "Orders are placed in the trading terminal" in page
    assert "you have no margin debt" in page


def test_what_was_borrowed_is_told_and_does_not_count(account: Any):
    margin = an_account(account.customer, AccountKind.MARGIN)
    take(a_file(FileKind.MARGIN, [f"{margin.ref},300,80"], day=TUE, revision=2))
    page = signed_in(account.customer.user).get(PAGE).content.decode()
    assert "Assets less margin debt" in page
    assert "1,200.00" in page
    assert "380.00" in page


def test_another_customer_sees_nothing_of_it(account: Any):
    page = signed_in(an_account().customer.user).get(PAGE).content.decode()
    assert "No trading day is known yet" in page
    assert "Specimen" not in page


def test_the_page_takes_at_most_six_queries(account: Any):
    client = signed_in(account.customer.user)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as seen:
        client.get(PAGE)
    assert len(seen) <= 6, [query["sql"][:90] for query in seen]


@pytest.mark.parametrize(
    ("mode", "words"), [("trade", "500.00"), ("plain", "1,580.00"), ("research", "1,500.00")]
)
def test_the_home_has_one_card_in_each_reading_mode(account: Any, mode: str, words: str):
    found = home_cards.chosen(account.customer.user, AT, mode=mode)
    assert [card.key for card in found].count("holdings.assets") == 1
    client = signed_in(account.customer.user)
    client.cookies["mode"] = mode
    assert words in client.get("/").content.decode()


def test_the_own_copy_tells_holdings_trades_and_assets(account: Any):
    take(a_file(FileKind.TRADES, [f"N-1,{account.ref},{BANK},buy,1,10,10,5"]))
    person = Person(account.customer.ref, account.customer.user.ref)
    found = {
        key: json.dumps(rows, default=str) for key, _s, rows in data_export.collect_all(person)
    }
    assert "609001" in found["holdings"]
    assert "N-1" not in found["holdings"]
    assert "Bought" in found["trades"]
    assert "1580" in found["assets"]


def test_staff_see_the_assets_of_their_outlets_and_find_them_exactly(account: Any):
    mine, other = make_unit(), make_unit()
    account.customer.home_outlet_ref = mine.ref
    account.customer.save(update_fields=["home_outlet_ref"])
    measure_assets(at=AT)
    url = reverse("admin:holdings_customerassets_changelist")
    near, far = (signed_in(make_staff(Role.BRANCH_MANAGER, unit)) for unit in (mine, other))
    assert "1,580.00" in near.get(url).content.decode()
    assert "1,580.00" not in far.get(url).content.decode()
    row = account.customer.assets
    page = near.get(reverse("admin:holdings_customerassets_change", args=[row.ref]))
    assert "示范银行" in page.content.decode() or "Specimen Bank" in page.content.decode()
    assert (
        far.get(reverse("admin:holdings_customerassets_change", args=[row.ref])).status_code == 404
    )


def test_the_desk_shows_what_came_what_is_wrong_and_what_is_late(account: Any):
    take(a_file(FileKind.CASH, [f"{account.ref},5,0"], day=WED, total="6"))
    days = {each.day: each for each in desk_days(WED, 3)}
    slots = {slot.kind: slot for slot in days[WED].slots}
    cash = slots[FileKind.CASH].file
    assert cash is not None
    assert cash.status == FileStatus.REFUSED
    assert slots[FileKind.CASH].late(AT)
    assert slots[FileKind.POSITIONS].file is None
    assert {slot.kind for slot in days[TUE].slots if slot.taken} == {
        FileKind.POSITIONS,
        FileKind.CASH,
        FileKind.MARGIN,
    }
    refused = CounterFile.objects.get(status=FileStatus.REFUSED)
    staff = signed_in(make_staff(Role.OPERATIONS, make_unit()))
    page = staff.get(reverse("admin:holdings_counterfile_change", args=[refused.ref]))
    assert "The sum differs from the control total" in page.content.decode()
    assert staff.get(reverse("admin:holdings_desk")).status_code == 200


def test_a_list_that_a_release_adds_is_late_on_no_day_before_it_was_expected():
    first = date(2026, 12, 2)
    late = {
        day.day: {slot.kind for slot in day.slots if slot.late(slot.due_at + HOUR)}
        for day in desk_days(first, 2)
    }
    assert late == {
        date(2026, 12, 1): set(FileKind) - {FileKind.ACCOUNTS},
        first: set(FileKind),
    }
    expected = expected_files([date(2026, 12, 1)])[date(2026, 12, 1)]
    for kind in expected:
        take(a_file(kind, [], day=date(2026, 12, 1)), at=datetime(2026, 12, 2, tzinfo=UTC))
    assert desk_days(first, 2)[1].complete
    assert days_lacking_files(date(2026, 12, 1), first) == [first]


@time_machine.travel(AT, tick=False)
def test_what_is_settled_is_folded_and_what_is_open_is_not(account: Any):
    staff = signed_in(make_staff(Role.OPERATIONS, make_unit()))
    page = staff.get(reverse("admin:holdings_desk")).content.decode()
    assert "<details" not in page.partition("<main")[2]
    for kind in FileKind:
        take(a_file(kind, [], day=WED))
    page = staff.get(reverse("admin:holdings_desk")).content.decode().partition("<main")[2]
    assert page.count("<details") == 1
    assert "complete</summary>" in page


def test_parts_of_a_unit_are_shown(account: Any):
    rows = [f"{account.ref},{FUND},1234.56,2,2469.12,2000"]
    take(a_file(FileKind.POSITIONS, rows, day=TUE, revision=2))
    assert ">1,234.56<" in signed_in(account.customer.user).get(PAGE).content.decode()


def test_staff_see_what_the_customer_sees_and_the_last_trades(account: Any):
    unit = make_unit()
    account.customer.home_outlet_ref = unit.ref
    account.customer.save(update_fields=["home_outlet_ref"])
    take(a_file(FileKind.TRADES, [f"N-1,{account.ref},{BANK},buy,12.5,10.125,126.56,5"], day=TUE))
    measure_assets(at=AT)
    url = reverse("admin:holdings_customerassets_change", args=[account.customer.assets.ref])
    page = signed_in(make_staff(Role.BRANCH_MANAGER, unit)).get(url).content.decode()
    for words in (
        "+20.00%",
        "What counts on each day",
        "Bought",
        ">12.5<",
        ">10.125<",
        ">126.56<",
    ):
        assert words in page, words


def test_a_security_that_was_sold_whole_is_no_line(account: Any):
    rows = [f"{account.ref},{BANK},1,2,2,2", f"{account.ref},{FUND},0,2,0,0"]
    take(a_file(FileKind.POSITIONS, rows, day=TUE, revision=2))
    page = signed_in(account.customer.user).get(PAGE).content.decode()
    assert "Specimen Bank" in page
    assert "Specimen Money Fund" not in page
