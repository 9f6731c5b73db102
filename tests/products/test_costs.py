"""What a product costs: exact to the cent, in every step of its table."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from products.rules.costs import BadFees, Fees, bill, read_fees, redemption_fee, subscription_fee

thorough = settings(
    derandomize=True,
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
CENTS = st.decimals("0.01", "999999999.99", places=2)
RATES = st.decimals("0", "0.05", places=6)
TABLE = read_fees(
    {
        "subscription": [
            {"from": "0", "rate": "0.015"},
            {"from": "1000000", "rate": "0.01"},
            {"from": "5000000", "flat": "1000"},
        ],
        "redemption": [{"from": "0", "rate": "0.015"}, {"from": "7", "rate": "0.005"}],
        "yearly": {"management": "0.012"},
    }
)


@pytest.mark.parametrize(
    ("amount", "fee"),
    [
        ("10000", "147.78"),  # 10000 / 1.015 = 9852.22
        ("999999.99", "14778.32"),
        ("1000000", "9900.99"),
        ("5000000", "1000"),
        ("0.01", "0.00"),
    ],
)
def test_buying_takes_the_step_of_the_amount(amount: str, fee: str):
    assert subscription_fee(TABLE, Decimal(amount)) == Decimal(fee)


@pytest.mark.parametrize(("days", "fee"), [(0, "15"), (6, "15"), (7, "5"), (4000, "5")])
def test_selling_takes_the_step_of_the_days_held(days: int, fee: str):
    assert redemption_fee(TABLE, Decimal(1000), days) == Decimal(fee)


@thorough
@given(amount=CENTS, rate=RATES, yearly=RATES)
def test_what_is_paid_is_what_is_invested_and_the_fee(amount: Decimal, rate: Decimal, yearly):
    fees = read_fees(
        {
            "subscription": [{"from": "0", "rate": format(rate, "f")}],
            "redemption": [],
            "yearly": {"management": format(yearly, "f")},
        }
    )
    found = bill(fees, amount)
    assert found.invested + found.subscription == amount
    assert 0 <= found.subscription <= amount
    assert found.total == found.subscription + found.yearly[0][1] + found.redemption
    assert found.total == found.total.quantize(Decimal("0.01"))


@thorough
@given(amount=CENTS)
def test_a_flat_fee_never_takes_more_than_the_amount(amount: Decimal):
    fees = Fees(subscription=read_fees(_with([{"from": "0", "flat": "1000"}])).subscription)
    assert bill(fees, amount).invested >= 0


def _with(steps: object) -> dict[str, object]:
    return {"subscription": steps, "redemption": [], "yearly": {}}


@pytest.mark.parametrize(
    "value",
    [
        {},
        _with("x"),
        _with([{"from": "1", "rate": "0.01"}]),
        _with([{"from": "0", "rate": "0.01"}, {"from": "0", "rate": "0.02"}]),
        _with([{"from": "0", "rate": "0.06"}]),
        _with([{"from": "0", "rate": 0.01}]),
        _with([{"from": "0", "rate": "0.01", "flat": "1"}]),
        _with([{"from": "0", "rate": "-0.01"}]),
        _with([{"from": "0", "rate": "NaN"}]),
        {"subscription": [], "redemption": [], "yearly": {"gift": "0.01"}},
    ],
)
def test_a_table_out_of_form_is_refused(value: object):
    with pytest.raises(BadFees):
        read_fees(value)


def test_a_table_comes_back_from_its_kept_form():
    assert read_fees(TABLE.to_json()) == TABLE
