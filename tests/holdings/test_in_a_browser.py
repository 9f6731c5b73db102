"""Assets, the import desk and what stands behind it, in a browser, wide and small."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from brokerage.core.roles import Role
from holdings.models import CounterFile, UnknownAccount
from holdings.states import AccountKind, FileKind
from holdings.use_cases.compare_days import compare_days
from holdings.use_cases.measure_assets import measure_assets
from tests.backoffice.factories import desk_of
from tests.branches.factories import make_staff, make_unit
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
from tests.holdings.records import a_waived_day
from tests.kept import living_at
from tests.users.factories import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FRI = date(2026, 2, 27)
STRANGE = "0f5b1c00-0000-4000-8000-00000000c0de"


def of(client: Client, language: str) -> dict[str, str]:
    return {"sessionid": client.cookies["sessionid"].value, "language": language}


def sound(shown: Any) -> list[str]:
    wide = [f"{shown.page.url}: wider than the window"] if shown.overflows() else []
    return [*shown.problems, *shown.axe(), *wide]


@pytest.fixture(autouse=True)
def in_march() -> Iterator[None]:
    """The desk shows the last trading days: those that the files are of."""
    with living_at(AT):
        yield


@pytest.mark.parametrize(
    ("width", "language"),
    [(1280, "zh-hans"), (1280, "en"), (390, "zh-hans"), (360, "en"), (360, "zh-hans")],
)
def test_the_pages_are_sound(live_server: Any, visit: Any, width: int, language: str) -> None:
    unit, account = make_unit(), an_account()
    for kind in FileKind:
        take(a_file(kind, [], day=FRI))  # complete, so it is folded
    margin = an_account(account.customer, AccountKind.MARGIN)
    account.customer.home_outlet_ref = unit.ref
    account.customer.save(update_fields=["home_outlet_ref"])
    securities()
    for day in (MON, TUE):
        a_day(account, day, value="1234567.89")
    securities(TUE, ["HK,99001,hk,主板,示例港企,Example Harbour"])
    rows = [
        f"{account.ref},{BANK},100,10,1080,900,,",
        f"{account.ref},{FUND},1234.567891,2,2469,1,,",
        f"{account.ref},HK,99001,200,320.4,59049.72,50000.00,HKD,0.9215",
    ]
    take(a_file(FileKind.POSITIONS, rows, day=TUE, revision=2))
    take(a_file(FileKind.MARGIN, [f"{margin.ref},300,80"], day=TUE, revision=2))
    trade = f"N-1,{account.ref},{BANK},buy,1234.5,10.125,126.56,5"
    take(a_file(FileKind.TRADES, [trade], day=TUE))
    customer = account.customer.ref
    take(a_file(FileKind.ACCOUNTS, [f"{STRANGE},{customer},margin,2026-01-05,"], day=TUE))
    strangers = [f"{STRANGE[:-1]}f,{STRANGE},ordinary,2019-05-06,"]
    take(a_file(FileKind.ACCOUNTS, strangers, day=MON))
    measure_assets(at=AT)
    assert compare_days(at=AT) == 2, "units and money"

    user: Any = account.customer.user
    own = of(sign_in(Client(), user), language)
    found = sound(visit(f"{live_server.url}/assets/", width=width, cookies=own))
    manager = of(desk_of(make_staff(Role.BRANCH_MANAGER, unit)), language)
    row = account.customer.assets
    page = reverse("admin:holdings_customerassets_change", args=[row.ref])
    found += sound(visit(live_server.url + page, width=width, cookies=manager))
    operations = of(desk_of(make_staff(Role.OPERATIONS, unit)), language)
    corrected = CounterFile.objects.get(kind=FileKind.POSITIONS, revision=2)
    unknown = UnknownAccount.objects.get()
    desk = reverse("admin:holdings_desk")
    looked_at = visit(
        f"{live_server.url}{desk}?day={TUE.isoformat()}", width=width, cookies=operations
    )
    found += sound(looked_at)
    for table in ("differing", "moved"):
        assert looked_at.page.locator(f'section[aria-labelledby="{table}"] tbody tr').count()
    folded = looked_at.page.locator("main details.card")
    assert folded.count() == 1
    folded.locator("summary").click()
    found += looked_at.axe()
    if folder := os.environ.get("SHOTS"):
        looked_at.page.screenshot(path=f"{folder}/desk-{width}-{language}.png", full_page=True)
    for path in (
        desk,
        reverse("admin:holdings_counterfile_change", args=[corrected.ref]),
        reverse("admin:holdings_unknownaccount_changelist"),
        reverse("admin:holdings_unknownaccount_change", args=[unknown.ref]),
        reverse("admin:holdings_waivedday_add"),
        reverse("admin:holdings_waivedday_change", args=[a_waived_day().ref]),
    ):
        found += sound(visit(live_server.url + path, width=width, cookies=operations))
    assert found == []
