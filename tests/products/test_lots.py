"""Selling takes the oldest units first, each with the fee of its own time of holding."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from products.rules.costs import read_fees
from products.rules.lots import Lot, fee_of_lots, oldest_first
from tests.products.factories import FEES

DAY = date(2026, 3, 2)
FEE_TABLE = read_fees(FEES)  # 1.5% in the first week, 0.5% afterwards
UNITS = st.decimals("0.01", "100000", places=2)
LOTS = st.lists(
    st.builds(Lot, st.integers(0, 400).map(lambda back: DAY - timedelta(days=back)), UNITS),
    max_size=6,
)


def test_the_old_lot_goes_first_and_pays_its_own_rate():
    lots = [Lot(DAY, Decimal(100)), Lot(DAY - timedelta(days=30), Decimal(100))]
    taken = oldest_first(lots, Decimal(0), Decimal(150), DAY)
    assert taken == [Lot(lots[1].day, Decimal(100)), Lot(DAY, Decimal(50))]
    assert fee_of_lots(FEE_TABLE, taken, Decimal(1), DAY) == Decimal("1.25")  # 0.50 + 0.75


def test_what_was_sold_before_is_not_sold_again():
    lots = [Lot(DAY - timedelta(days=30), Decimal(100)), Lot(DAY, Decimal(100))]
    assert oldest_first(lots, Decimal(100), Decimal(10), DAY) == [Lot(DAY, Decimal(10))]


def test_units_of_unknown_origin_cost_the_most():
    assert oldest_first([], Decimal(0), Decimal(10), DAY) == [Lot(DAY, Decimal(10))]


@given(LOTS, UNITS, UNITS)
def test_exactly_what_is_sold_is_taken(lots: list[Lot], gone: Decimal, units: Decimal):
    taken = oldest_first(lots, gone, units, DAY)
    assert sum(lot.units for lot in taken) == units
    assert all(lot.units > 0 for lot in taken)
    fee = fee_of_lots(FEE_TABLE, taken, Decimal("1.0371"), DAY)
    assert fee == fee.quantize(Decimal("0.01"))
    assert 0 <= fee <= units * Decimal("1.0371") + Decimal("0.01")
