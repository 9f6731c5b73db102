"""The counter over HTTP against a real server, and the sandbox through the whole import."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from uuid import UUID

import pytest
from django.db.models import Sum
from django.test import override_settings

from brokerage.core.outbound import JsonClient
from holdings.gateways import Unavailable
from holdings.gateways.checks import check_counter
from holdings.gateways.counter import HttpCounterGateway, Limits
from holdings.gateways.sandbox import PlayedCounter, SandboxRefused
from holdings.importing.reading import Announced
from holdings.models import AssetSnapshot, CashBalance, CounterFile, Position, Trade
from holdings.selectors.averages import days_before
from holdings.states import AccountKind, FileKind, FileStatus, Side
from holdings.use_cases.bring_files import bring_day
from tests.holdings.factories import AT, MON, an_account
from tests.threads import serving

LISTED = {"files": [{"name": "cash-20260302-1.csv", "kind": "cash", "revision": 1}]}


class Counter(BaseHTTPRequestHandler):
    """Answers as the test says; keeps what was asked."""

    answer: ClassVar[tuple[int, bytes]] = (200, b"")
    asked: ClassVar[list[tuple[str, str]]] = []
    told: ClassVar[list[tuple[str, dict[str, Any]]]] = []

    def do_PUT(self) -> None:
        told = self.rfile.read(int(self.headers["Content-Length"])).decode()
        Counter.told.append((self.headers["Idempotency-Key"], json.loads(told)))
        self.do_GET()

    def do_GET(self) -> None:
        Counter.asked.append((self.path, self.headers.get("Authorization", "")))
        status, body = Counter.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *values: Any) -> None:
        """Nothing."""


@pytest.fixture
def gateway() -> Iterator[HttpCounterGateway]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Counter)
    Counter.asked, Counter.told = [], []
    client = JsonClient(base=f"http://127.0.0.1:{server.server_port}/v1", token="secret", tries=1)
    with serving(server):
        yield HttpCounterGateway(client)


def test_the_list_and_a_file_come_as_the_contract_says(gateway: HttpCounterGateway):
    Counter.answer = (200, json.dumps(LISTED).encode())
    announced = gateway.files(day=MON, at=AT)
    assert announced == [Announced("cash-20260302-1.csv", FileKind.CASH, MON, 1)]
    Counter.answer = (200, b"x" * 600_000)
    assert sum(len(part) for part in gateway.read(announced[0], at=AT)) == 600_000
    assert Counter.asked == [
        ("/v1/files?day=2026-03-02", "Bearer secret"),
        ("/v1/files/cash-20260302-1.csv", "Bearer secret"),
    ]


@pytest.mark.parametrize(
    "files",
    [
        None,
        [{"name": "../secret", "kind": "cash", "revision": 1}],
        [{"name": "a.csv", "kind": "gold", "revision": 1}],
        [{"name": "a.csv", "kind": "cash", "revision": 0}],
        [{"name": "a.csv", "kind": "cash", "revision": True}],
        ["a.csv"],
    ],
)
def test_a_list_that_breaks_the_contract_is_no_answer(gateway: HttpCounterGateway, files: Any):
    Counter.answer = (200, json.dumps({"files": files}).encode())
    with pytest.raises(Unavailable):
        gateway.files(day=MON, at=AT)


def test_a_counter_that_is_down_is_unavailable(gateway: HttpCounterGateway):
    Counter.answer = (503, b"")
    announced = Announced("a.csv", FileKind.CASH, MON, 1)
    with pytest.raises(Unavailable):
        gateway.files(day=MON, at=AT)
    with pytest.raises(Unavailable):
        list(gateway.read(announced, at=AT))


def test_limits_are_put_with_a_key_and_anything_else_than_200_is_no_answer(
    gateway: HttpCounterGateway,
):
    account, key = UUID(int=5), UUID(int=9)
    limits = Limits(account, ("buy",), "2026-03-06T12:00:00+00:00")
    Counter.answer = (200, b"{}")
    gateway.limit(limits, key=key, at=AT)
    assert Counter.asked[-1] == (f"/v1/accounts/{account}/limits", "Bearer secret")
    assert Counter.told == [(str(key), {"stops": ["buy"], "as_of": limits.as_of})]
    for status in (404, 503):
        Counter.answer = (status, b"{}")
        with pytest.raises(Unavailable):
            gateway.limit(limits, key=key, at=AT)


def test_production_needs_an_https_address_and_has_no_sandbox():
    for url in ("", "http://counter.example"):  # settings always name the counterparty
        with override_settings(SANDBOX=False, COUNTERPARTIES={"counter": (url, "")}):
            assert [error.id for error in check_counter(None)] == ["holdings.E001"]
    with override_settings(
        SANDBOX=False, COUNTERPARTIES={"counter": ("https://counter.example", "")}
    ):
        assert check_counter(None) == []
        with pytest.raises(SandboxRefused):
            PlayedCounter()


@pytest.mark.django_db
def test_the_sandbox_plays_days_that_agree_with_each_other():
    account = an_account()
    margin = an_account(account.customer, AccountKind.MARGIN)
    days = [day for day in days_before(MON, 40) if day >= account.opened_on][:9]
    for day in days:
        bring_day(day=day, gateway=PlayedCounter(), at=AT)

    assert set(CounterFile.objects.values_list("status", flat=True)) == {FileStatus.TAKEN}
    assert AssetSnapshot.objects.filter(customer=account.customer).count() == len(days)
    for each in (account, margin):
        assert _units_by_trades(each) == _units_held(each, days[-1])
        assert CashBalance.objects.filter(account=each, amount__lt=0).count() == 0
    before = list(AssetSnapshot.objects.values_list("day", "counted"))
    bring_day(day=days[3], gateway=PlayedCounter(), at=AT + timedelta(days=1))
    assert list(AssetSnapshot.objects.values_list("day", "counted")) == before


def _units_by_trades(account: Any) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for trade in Trade.objects.filter(account=account):
        sign = 1 if trade.side == Side.BUY else -1
        found[trade.instrument_id] = (
            found.get(trade.instrument_id, Decimal()) + sign * trade.quantity
        )
    return found


def _units_held(account: Any, day: date) -> dict[int, Decimal]:
    rows = Position.objects.filter(account=account, day=day).values("instrument_id")
    return dict(rows.annotate(units=Sum("quantity")).values_list("instrument_id", "units"))
