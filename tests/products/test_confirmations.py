"""What the registrar tells badly stops nothing else: numbers, pages, rows and days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokerage.backoffice.tasks import tasks_by_source
from brokerage.core import clock
from brokerage.core.outbound import Answer
from brokerage.core.roles import Role
from products import tasks
from products.gateways.base import Unavailable
from products.gateways.registrar import HttpRegistrar, Instruction, Told, Unreadable
from products.gateways.sandbox import PlayedPayments
from products.models import Holding, Mismatch, Order
from products.rules.dealing import CENT, UNIT, WrongTrade, wrong_trade
from products.states import Misfit, OrderStatus
from products.use_cases.carrying import pay
from products.use_cases.reconciling import take_confirmation, take_day
from tests.branches.factories import make_staff
from tests.products.factories import a_buyer, a_product
from tests.products.test_orders import EVENING, TODAY, order, sent, told
from tests.suitability.factories import AT

ROW: dict[str, Any] = {
    "order": str(UUID(int=7)),
    "number": "R-7",
    "accepted": True,
    "amount": "1000.00",
    "units": "950.13",
    "value": "1.04",
    "fee": "11.86",
    "reason": "",
}


class Client:
    """Answers what was prepared, in order, and keeps what it was asked."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, Any]] = []

    def call(self, method: str, path: str, *, body: Any = None, headers: Any = None) -> Answer:
        self.asked.append((method, path, body))
        return Answer(200, self.answers.pop(0))


def http(*answers: dict[str, Any]) -> tuple[HttpRegistrar, Client]:
    client = Client(*answers)
    return HttpRegistrar(client), client  # type: ignore[arg-type]  # plays the part that is asked


def test_confirmations_are_read_page_by_page_until_there_is_no_next():
    first = [ROW | {"number": f"R-{number}"} for number in range(3)]
    gateway, client = http(
        {"confirmations": first, "next": "R-2 &"}, {"confirmations": [ROW], "next": ""}
    )
    found = list(gateway.confirmations(date(2026, 3, 2), at=AT))
    assert [each.number for each in found] == ["R-0", "R-1", "R-2", "R-7"]
    assert [path for _method, path, _body in client.asked] == [
        "/confirmations?day=2026-03-02",
        "/confirmations?day=2026-03-02&after=R-2+%26",
    ]


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"confirmations": {}},
        {"confirmations": [ROW] * 2001},
        {"confirmations": [ROW], "next": 7},
        {"confirmations": [ROW], "next": "x" * 201},
    ],
)
def test_a_page_that_breaks_the_contract_is_no_answer(answer: dict[str, Any]):
    with pytest.raises(Unavailable):
        list(http(answer)[0].confirmations(TODAY, at=AT))


def test_a_registrar_that_leads_in_a_circle_is_left(monkeypatch: pytest.MonkeyPatch):
    page = {"confirmations": [ROW], "next": "R-7"}
    with pytest.raises(Unavailable):
        list(http(page, page)[0].confirmations(TODAY, at=AT))
    monkeypatch.setitem(HttpRegistrar.confirmations.__globals__, "PAGES", 2)
    other = page | {"next": "R-8"}
    with pytest.raises(Unavailable):
        list(http(page, other, page)[0].confirmations(TODAY, at=AT))


@pytest.mark.parametrize(
    "wrong",
    [
        {"order": "no ref"},
        {"order": None},
        {"number": ""},
        {"number": "R\x00"},
        {"number": "R" * 41},
        {"accepted": "yes"},
        {"amount": "NaN"},
        {"units": None},
        {"reason": "full\x00"},
        {"reason": 5},
    ],
)
def test_a_row_that_cannot_be_read_stops_no_other(wrong: dict[str, Any]):
    gateway, _client = http({"confirmations": [ROW | wrong, "nonsense", ROW]})
    bad, worse, good = gateway.confirmations(TODAY, at=AT)
    assert isinstance(bad, Unreadable)
    assert isinstance(worse, Unreadable)
    assert isinstance(good, Told)
    assert bad.order == (None if "order" in wrong else UUID(int=7))
    assert "\x00" not in bad.number + bad.row
    assert worse.order is None


def test_an_order_is_handed_over_with_all_its_decimals():
    gateway, client = http({"result": "received"}, {"result": "received"}, {"result": "?"})
    given: dict[str, Any] = {
        "order": UUID(int=1),
        "fund": "F",
        "side": "redeem",
        "amount": None,
        "day": TODAY,
    }
    gateway.send(Instruction(units=Decimal("500"), **given), at=AT)
    gateway.send(Instruction(units=Decimal("0.004500"), **given), at=AT)
    assert [body["units"] for _m, _p, body in client.asked] == ["500.00", "0.004500"]
    with pytest.raises(Unavailable):
        gateway.send(Instruction(units=Decimal("500"), **given), at=AT)


@given(
    cents=st.integers(1, 10**11),
    fee_share=st.decimals(0, "0.05", places=4),
    value=st.decimals("0.0001", "500", places=4),
)
def test_whatever_a_registrar_cuts_to_its_units_fits_and_half_of_it_does_not(
    cents: int, fee_share: Decimal, value: Decimal
):
    amount = cents * CENT
    net = amount - (amount * fee_share).quantize(CENT)
    units = (net / value).quantize(UNIT, ROUND_DOWN)
    if units:
        assert wrong_trade(units, value, net, least_unit=UNIT) is None
    doubled = wrong_trade(units * 2, value, net, least_unit=UNIT)
    if units * value > value * UNIT + CENT:
        assert doubled is WrongTrade.SUMS


@pytest.fixture
def buyer():
    return a_buyer()


@pytest.mark.django_db
def test_a_number_that_stands_on_another_order_counts_nothing_and_stops_nothing(buyer):
    product = a_product("R2")
    first, second = sent(buyer, product), sent(buyer, product)
    take_confirmation(told=told(first), at=EVENING)
    wrong = told(second, number=told(first).number)
    assert take_confirmation(told=wrong, at=EVENING) is None
    assert Mismatch.objects.get().why == Misfit.NUMBER
    assert Order.objects.get(pk=second.pk).status == OrderStatus.SENT
    assert Holding.objects.get().units == Decimal("950.13")


@pytest.mark.django_db
def test_what_cannot_be_read_is_kept_once_and_named_as_far_as_it_can_be(buyer):
    made = sent(buyer, a_product("R2"))
    for number, ref in (("R-9", made.ref), ("?a", None), ("?b", None)):
        for _ in range(2):
            take_confirmation(told=Unreadable(order=ref, number=number, row="{}"), at=EVENING)
    found = Mismatch.objects.order_by("pk").values_list("order", "order_ref", "why")
    assert list(found) == [(made.pk, made.ref, "form"), (None, None, "form"), (None, None, "form")]


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["500.01", "499.99", "500.005", "1E+40"])
def test_what_a_sale_brings_is_units_times_value_in_cents(buyer, wrong: str):
    product = a_product("R2")
    Holding.objects.create(customer=buyer, product=product, units=Decimal(500))
    from tests.products.test_selling import sold

    gone = sold(buyer, product, Decimal(500))
    figures: dict[str, Any] = {"units": Decimal(500), "value": Decimal(1), "fee": Decimal(0)}
    off = Decimal(wrong) + (Decimal("0.01") if wrong == "500.01" else 0)
    off -= Decimal("0.01") if wrong == "499.99" else 0
    assert take_confirmation(told=told(gone, amount=off, **figures), at=EVENING) is None
    assert Mismatch.objects.get().why == Misfit.SUMS
    assert take_confirmation(told=told(gone, amount=Decimal(500), **figures), at=EVENING)


class Days:
    """A registrar that answers by day; an exception is raised where it stands."""

    def __init__(self, days: dict[date, Iterable[Any]]) -> None:
        self.days = days

    def confirmations(self, day: date, *, at: Any) -> Iterator[Any]:
        for each in self.days[day]:
            if isinstance(each, Exception):
                raise each
            yield each


@pytest.mark.django_db
def test_neither_a_day_nor_a_row_stands_before_another_or_before_refunds(
    buyer, monkeypatch: pytest.MonkeyPatch
):
    product = a_product("R2")
    rows = [sent(buyer, product) for _ in range(3)]
    yesterday = TODAY - timedelta(days=30)  # also what was sent long ago is asked for
    Order.objects.filter(pk=rows[0].pk).update(dealing_day=yesterday)
    days = Days(
        {
            yesterday: [Unavailable("down")],
            TODAY: [replace(told(rows[1]), order=uuid4()), told(rows[1]), told(rows[2])],
        }
    )
    failing = iter([True])

    def dies(**values: Any) -> Any:
        if next(failing, False):
            raise RuntimeError("nobody foresaw it")
        return take_confirmation(**values)

    monkeypatch.setattr(tasks, "registrar", lambda: days)
    monkeypatch.setattr("products.use_cases.reconciling.take_confirmation", dies)
    monkeypatch.setattr(clock, "now", lambda: EVENING)
    tasks.take_confirmations()
    done = Order.objects.filter(status=OrderStatus.CONFIRMED)
    assert set(done) == {rows[1], rows[2]}


@pytest.mark.django_db
def test_what_was_counted_is_passed_over(buyer, monkeypatch: pytest.MonkeyPatch):
    rows = [told(sent(buyer, a_product("R2"))) for _ in range(2)]
    taken: list[Told] = []

    def counting(*, told: Told, at: Any) -> Any:
        taken.append(told)
        return take_confirmation(told=told, at=at)

    monkeypatch.setattr("products.use_cases.reconciling.take_confirmation", counting)
    for _ in range(2):
        take_day(day=TODAY, registrar=Days({TODAY: rows}), at=EVENING)  # type: ignore[arg-type]  # plays the part that is asked
    assert taken == rows


@pytest.mark.django_db
def test_orders_wait_for_the_close_without_being_looked_at(buyer):
    product = a_product("R2")
    placed = order(buyer, product)
    assert list(Order.objects.all().to_carry_on(AT)) == [placed]  # to be paid
    pay(order=placed, gateway=PlayedPayments(), at=AT)
    before = EVENING.replace(hour=6, minute=59)
    assert not Order.objects.all().to_carry_on(before).exists()
    assert Order.objects.all().to_carry_on(EVENING.replace(hour=7)).exists()  # 15:00 in Shanghai


@pytest.mark.django_db
def test_an_order_that_nobody_confirms_is_a_task_of_operations(buyer):
    sent(buyer, a_product("R2"))
    officer, adviser = make_staff(Role.OPERATIONS), make_staff(Role.ADVISER)

    def keys(user: Any, days: int) -> list[str]:
        return [one.key for one in tasks_by_source(user, EVENING + timedelta(days=days))]

    assert "products.unconfirmed" not in keys(officer, 2)
    assert "products.unconfirmed" in keys(officer, 3)  # Monday to Thursday
    assert "products.unconfirmed" not in keys(adviser, 3)
