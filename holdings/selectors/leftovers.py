"""What a customer still has with us, as the counter last told: what a closing has to wait for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Max, Sum

from brokerage.customers.models import Customer
from holdings.models import Account, CashBalance, CounterFile, MarginBalance, Position, Trade
from holdings.states import AccountKind, FileKind


@dataclass(frozen=True)
class Leftovers:
    """What is left at the end of the last day that the counter told.

    Attributes:
        as_of: that day; None where the counter told nothing yet.
        positions: how many securities are held.
        cash: yuan, without what is held.
        frozen: yuan that are held, pledged or in subscriptions.
        debt: yuan owed of margin trading, money and securities.
        unsettled: trades of that day, which settle the next trading day.
    """

    as_of: date | None = None
    positions: int = 0
    cash: Decimal = Decimal()
    frozen: Decimal = Decimal()
    debt: Decimal = Decimal()
    unsettled: int = 0


def leftovers_of(customer: Customer) -> Leftovers:
    """What `customer` has left, over all accounts with us; five queries."""
    accounts = Account.objects.of(customer)
    day = _newest(FileKind.CASH)
    if day is None:
        return Leftovers()
    rows = {"account__in": accounts, "day": day}
    cash = CashBalance.objects.filter(**rows).aggregate(
        free=Sum(F("amount") - F("frozen")), frozen=Sum("frozen")
    )
    debt = MarginBalance.objects.filter(**rows).aggregate(
        owed=Sum(F("borrowed_cash") + F("borrowed_securities"))
    )
    return Leftovers(
        as_of=day,
        positions=Position.objects.filter(**rows, quantity__gt=0).count(),
        cash=cash["free"] or Decimal(),
        frozen=cash["frozen"] or Decimal(),
        debt=debt["owed"] or Decimal(),
        unsettled=Trade.objects.filter(**rows).count(),
    )


@dataclass(frozen=True)
class FreeCash:
    """Yuan on a customer's cash accounts that nothing holds, at the end of the day `as_of`."""

    as_of: date
    amount: Decimal


def free_cash_of(customer: Customer) -> FreeCash | None:
    """What the counter last told of a customer's money, margin accounts left out; two queries.

    Returns:
        None where the counter told nothing of it for its newest day.
    """
    day = _newest(FileKind.CASH)
    if day is None:
        return None
    accounts = Account.objects.of(customer).filter(kind=AccountKind.ORDINARY)
    rows = CashBalance.objects.filter(account__in=accounts, day=day)
    free = rows.aggregate(free=Sum(F("amount") - F("frozen")))["free"]
    return None if free is None else FreeCash(day, free)


def _newest(kind: FileKind) -> date | None:
    found: date | None = (
        CounterFile.objects.taken().filter(kind=kind).aggregate(day=Max("day"))["day"]
    )
    return found
