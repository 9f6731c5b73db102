"""One trade broken down to the cent, and the limits of a rate."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from branches.commission.quoting import Fees, Item, Terms, all_in_rate, breaches, quote

ALL_IN = frozenset({Item.HANDLING, Item.REGULATORY})
CAP = Decimal("0.003")
SH_STOCK = Fees(
    version="commission.fees/SH:stock@2023-08-28",
    handling=Decimal("0.0000341"),
    regulatory=Decimal("0.00002"),
    transfer=Decimal("0.00001"),
    stamp_duty=Decimal("0.0005"),
)
SUBSETS = st.frozensets(st.sampled_from([Item.HANDLING, Item.REGULATORY, Item.TRANSFER]))
CENTS = st.decimals(min_value="0.01", max_value="99999999.99", places=2)
RATES = st.decimals(min_value=0, max_value="0.003", places=8)


def terms(rate: str, minimum: str = "5", includes: frozenset[Item] = ALL_IN) -> Terms:
    return Terms(rate=Decimal(rate), minimum=Decimal(minimum), includes=includes)


def test_the_bill_of_september_2026() -> None:
    """Domain handbook 10: a purchase of 66,110.00 at 0.008%, all in."""
    bill = quote(terms=terms("0.00008"), fees=SH_STOCK, amount=Decimal("66110.00"), selling=False)
    assert bill.of(Item.NET_COMMISSION) == Decimal("1.72")
    assert bill.of(Item.HANDLING) + bill.of(Item.REGULATORY) == Decimal("3.57")
    assert bill.of(Item.TRANSFER) == Decimal("0.66")
    assert bill.total == Decimal("5.95")
    assert not bill.at_minimum


@pytest.mark.parametrize(
    ("rate", "includes", "amount", "selling", "total"),
    [
        ("0.00025", ALL_IN, "10000", False, "5.10"),  # the minimum of 5, and 0.10 of transfer
        ("0.00025", ALL_IN, "10000", True, "10.10"),  # and 5.00 of stamp duty
        ("0.00025", ALL_IN, "100000", False, "26.00"),
        ("0.00025", frozenset(), "100000", False, "31.41"),  # 25 net, 3.41, 2.00, 1.00
        ("0.00025", ALL_IN | {Item.TRANSFER}, "100000", False, "25.00"),
    ],
)
def test_totals(
    rate: str, includes: frozenset[Item], amount: str, selling: bool, total: str
) -> None:
    bill = quote(
        terms=terms(rate, includes=includes),
        fees=SH_STOCK,
        amount=Decimal(amount),
        selling=selling,
    )
    assert bill.total == Decimal(total)


@pytest.mark.parametrize("selling", [False, True])
def test_in_hong_kong_stamp_duty_falls_on_both_sides(selling: bool) -> None:
    """30 net, 5.65 trading fee, 2.85 levies, 4.20 settlement, 100.00 duty."""
    fees = replace(
        SH_STOCK,
        handling=Decimal("0.0000565"),
        regulatory=Decimal("0.0000285"),
        transfer=Decimal("0.000042"),
        stamp_duty=Decimal("0.001"),
        duty_on_purchases=True,
    )
    net = terms("0.0003", includes=frozenset())
    bill = quote(terms=net, fees=fees, amount=Decimal(100000), selling=selling)
    assert bill.of(Item.STAMP_DUTY) == Decimal("100.00")
    assert bill.total == Decimal("142.70")


def test_the_minimum_is_charged_and_said() -> None:
    bill = quote(terms=terms("0.0001"), fees=SH_STOCK, amount=Decimal("1000"), selling=False)
    assert (bill.commission, bill.at_minimum) == (Decimal("5.00"), True)
    free = quote(
        terms=terms("0.0001", minimum="0"), fees=SH_STOCK, amount=Decimal("1000"), selling=False
    )
    assert (free.commission, free.at_minimum) == (Decimal("0.10"), False)


@pytest.mark.parametrize(
    ("rate", "includes", "amount", "all_in", "cap", "over"),
    [
        ("0.00025", ALL_IN, "10000", "5.00", "30.00", False),
        ("0.00025", ALL_IN, "1000", "5.00", "3.00", True),  # five yuan are more than 0.3%
        ("0.00025", frozenset(), "100000", "30.41", "300.00", False),  # fees on top count, too
        ("0.00025", ALL_IN | {Item.TRANSFER}, "100000", "24.00", "300.00", False),
    ],
)
def test_the_cap_is_told_in_yuan(
    rate: str, includes: frozenset[Item], amount: str, all_in: str, cap: str, over: bool
) -> None:
    fees = replace(SH_STOCK, cap=CAP)
    bill = quote(
        terms=terms(rate, includes=includes), fees=fees, amount=Decimal(amount), selling=True
    )
    assert (bill.all_in, bill.cap, bill.cap_rate) == (Decimal(all_in), Decimal(cap), CAP)
    assert bill.over_cap is over
    assert bill.floor == bill.of(Item.HANDLING) + bill.of(Item.REGULATORY)


def test_without_a_cap_in_force_none_is_told() -> None:
    bill = quote(terms=terms("0.0001"), fees=SH_STOCK, amount=Decimal("1000"), selling=False)
    assert (bill.cap, bill.cap_rate, bill.over_cap) == (None, None, False)


def test_options_cost_their_price_for_each_contract() -> None:
    nothing = Fees(
        version="x",
        handling=Decimal(0),
        regulatory=Decimal(0),
        transfer=Decimal(0),
        stamp_duty=Decimal(0),
    )
    price = Terms(rate=None, per_contract=Decimal("2.5"), minimum=Decimal(0))
    bill = quote(terms=price, fees=nothing, amount=Decimal("300"), selling=False, contracts=4)
    assert bill.total == Decimal("10.00")
    with pytest.raises(ValueError, match="contracts"):
        quote(terms=price, fees=nothing, amount=Decimal("300"), selling=False)


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_a_trade_has_a_positive_amount(amount: str) -> None:
    with pytest.raises(ValueError, match="positive"):
        quote(terms=terms("0.0001"), fees=SH_STOCK, amount=Decimal(amount), selling=False)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(rate=RATES, includes=SUBSETS, amount=CENTS, selling=st.booleans())
def test_every_cent_stands_in_one_line(
    rate: Decimal, includes: frozenset[Item], amount: Decimal, selling: bool
) -> None:
    bill = quote(
        terms=Terms(rate=rate, minimum=Decimal(5), includes=includes),
        fees=SH_STOCK,
        amount=amount,
        selling=selling,
    )
    inside = sum((bill.of(item) for item in includes), Decimal(0))
    assert bill.of(Item.NET_COMMISSION) == max(bill.commission - inside, Decimal(0))
    assert all(
        line.amount >= 0 and line.amount == line.amount.quantize(Decimal("0.01"))
        for line in bill.lines
    )
    assert bill.total >= bill.commission
    assert bool(bill.of(Item.STAMP_DUTY)) <= selling


@settings(derandomize=True, max_examples=200, deadline=None)
@given(rate=RATES, includes=SUBSETS, amount=CENTS, more=CENTS)
def test_a_larger_trade_never_costs_less(
    rate: Decimal, includes: frozenset[Item], amount: Decimal, more: Decimal
) -> None:
    terms = Terms(rate=rate, minimum=Decimal(5), includes=includes)
    small = quote(terms=terms, fees=SH_STOCK, amount=amount, selling=True)
    large = quote(terms=terms, fees=SH_STOCK, amount=amount + more, selling=True)
    # each line is rounded on its own, so the parts may differ by half a cent each
    assert large.total >= small.total - Decimal("0.02")


@pytest.mark.parametrize(
    ("rate", "includes", "expected"),
    [
        ("0.003", ALL_IN, []),
        ("0.00300001", ALL_IN, ["above_cap"]),
        ("0.003", frozenset(), ["above_cap"]),  # fees on top exceed the cap
        ("0.0000541", ALL_IN, []),
        ("0.00005409", ALL_IN, ["below_floor"]),
        ("0", frozenset(), []),  # net of nothing passes on what is collected
        ("0", ALL_IN, ["below_floor"]),
        ("0.0000641", ALL_IN | {Item.TRANSFER}, []),
        ("0.0000640", ALL_IN | {Item.TRANSFER}, ["below_floor"]),
    ],
)
def test_cap_and_floor(rate: str, includes: frozenset[Item], expected: list[str]) -> None:
    assert list(breaches(terms(rate, includes=includes), SH_STOCK, cap=CAP)) == expected


def test_the_floor_is_what_the_firm_passes_on() -> None:
    assert SH_STOCK.floor == Decimal("0.0000541")
    assert all_in_rate(terms("0.0001", includes=frozenset()), SH_STOCK) == Decimal("0.0001541")
