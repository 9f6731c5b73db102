"""Whoever may trade on margin has a margin account at the counter, and its list brings it here."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from brokerage.core.clock import business_date
from brokerage.reference.calendars import add_trading_days
from holdings.gateways.sandbox import PlayedCounter
from holdings.models import Account, CounterFile, MarginBalance, Position
from holdings.states import AccountKind
from holdings.use_cases.bring_files import bring_day
from tests.accounts.permissions.factories import AT, a_trader
from tests.accounts.permissions.records import a_permission
from tests.holdings.factories import an_account

pytestmark = pytest.mark.django_db


def test_the_counters_list_opens_the_margin_account_of_a_granted_permission():
    customer = a_trader()
    row = a_permission(customer, "margin")
    assert row.effective_on is not None
    day = add_trading_days(max(row.effective_on, business_date(AT)), 1)
    with time_machine.travel(AT + (day - business_date(AT)) + timedelta(hours=10), tick=False):
        at = AT + (day - business_date(AT)) + timedelta(hours=10)
        before = Account.objects.of(customer).count()
        bring_day(day=day, gateway=PlayedCounter(), at=at)
    margin = Account.objects.of(customer).get(kind=AccountKind.MARGIN)
    assert Account.objects.of(customer).count() == before + 1
    assert margin.opened_on == row.effective_on
    assert MarginBalance.objects.get(day=day).account == margin
    assert set(CounterFile.objects.filter(day=day).values_list("status", flat=True)) == {"taken"}


def test_nobody_else_has_one():
    customer = a_trader()
    a_permission(customer, "stock_connect")
    day = add_trading_days(business_date(AT), 1)
    at = AT + timedelta(days=3)
    bring_day(day=day, gateway=PlayedCounter(), at=at)
    assert not Account.objects.filter(kind=AccountKind.MARGIN).exists()


def test_whoever_may_trade_abroad_or_options_holds_some_and_everybody_has_their_day():
    trader, other = a_trader(), an_account().customer
    for key in ("stock_connect", "neeq_base", "options_2"):
        a_permission(trader, key)
    day = add_trading_days(business_date(AT), 1)
    at = AT + timedelta(days=3)
    bring_day(day=day, gateway=PlayedCounter(), at=at)
    assert set(CounterFile.objects.filter(day=day).values_list("status", flat=True)) == {"taken"}
    held = Position.objects.filter(account__customer=trader)
    kinds = ["hk", "neeq", "option"]
    special = held.filter(instrument__kind__in=kinds)
    assert set(special.values_list("instrument__kind", flat=True)) == set(kinds)
    abroad = special.filter(instrument__kind="hk")
    assert set(abroad.values_list("instrument__market", "currency")) == {("HK", "HKD")}
    theirs = Position.objects.filter(account__customer=other)
    assert theirs.exists()
    assert not theirs.filter(instrument__kind__in=kinds).exists()
