"""A night of reminders over very many customers (`python -m bench content`).

Each customer has TRADES trades, written day after day as the trading counter brings them, and HELD
positions. One of SOME trades too often, another one holds too much of one security, and RATED
securities got another rating: those customers have log-ins, so that messages are written.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

TRADES = 10
EVERY = 7
"""Days between two trades of a customer."""
MORE = 20
"""Further trades of who trades too often, all on the last day."""
HELD = 3
RATED = 5
SOME = 400
SECURITIES = 5_000
OPENED = "2020-01-02"
"""Marks accounts of the measurement (`bench.holdings`)."""
Figures = dict[str, float | int | str]


def night(customers: int) -> Figures:
    """Seconds and memory of one night, broken off in the middle and gone on with."""
    from brokerage.core import clock
    from content.models import Reminder, ReminderRun
    from content.use_cases.remind import PORTION, remind
    from holdings.models import Trade
    from holdings.selectors.averages import days_before

    (day,) = days_before(clock.today(), 1)
    _write(customers, day)
    ReminderRun.objects.filter(day=day).delete()
    Reminder.objects.filter(day=day).delete()
    before, begun = _megabytes(), time.perf_counter()
    used = time.process_time()
    assert not remind(day=day, at=clock.now(), portions=customers // PORTION // 2)
    half = _megabytes()
    assert remind(day=day, at=clock.now())
    return {
        "customers": customers,
        "trades": Trade.objects.count(),
        "reminders": Reminder.objects.filter(day=day).count(),
        "seconds": round(time.perf_counter() - begun, 1),
        "processor_seconds": round(time.process_time() - used, 1),
        "mb_before": before,
        "mb_in_the_middle": half,
        "mb_at_most": _megabytes(),
    }


def _write(customers: int, day: date) -> None:
    from bench.holdings import _customers, _securities
    from holdings.models import Trade

    _customers(customers)
    _securities()
    _log_ins()
    if Trade.objects.filter(number__startswith="N").exists():
        return
    with _unchecked() as run:
        for n in reversed(range(TRADES)):
            run(_TRADES.format(who="true"), day - timedelta(days=EVERY * n), f"N{n}-")
        for n in range(MORE):
            run(_TRADES.format(who=f"a.customer_id %% {SOME} = 0"), day, f"M{n}-")
        for n in range(HELD):
            run(_POSITIONS, day, n)
        run(_RATINGS, day)
        run("ANALYZE holdings_trade, holdings_position, holdings_account, customers_customer")


_SECURITY = "(SELECT min(id) FROM reference_instrument WHERE source = 'bench')"
_TRADES = (
    "INSERT INTO holdings_trade (day, account_id, number, instrument_id, side, quantity, price,"
    " amount, fees) SELECT %s, a.id, %s || a.id, "
    f"{_SECURITY} + a.id %% {SECURITIES}, 'buy', 100, 1, 100, 1"
    f" FROM holdings_account a WHERE a.opened_on = '{OPENED}' AND {{who}}"
)
_POSITIONS = (
    "INSERT INTO holdings_position (day, account_id, instrument_id, quantity, price, value, cost)"
    f" SELECT %s, a.id, {_SECURITY} + (a.id * 7 + n) %% {SECURITIES}, 100, 100,"
    f" CASE WHEN a.customer_id %% {SOME} = 1 AND n = 0 THEN 100000 ELSE 10000 END, 10000"
    f" FROM holdings_account a, (SELECT %s::int AS n) each WHERE a.opened_on = '{OPENED}'"
)
_RATINGS = (
    "INSERT INTO content_rating (ref, instrument_id, source_id, day, level)"
    f" SELECT gen_random_uuid(), {_SECURITY} + n, (SELECT min(id) FROM content_source),"
    " %s::date - old * 90,"
    " CASE old WHEN 1 THEN 'add' ELSE 'hold' END"
    f" FROM generate_series(0, {RATED - 1}) n, generate_series(0, 1) old ON CONFLICT DO NOTHING"
)


_TOLD = (
    "EXISTS (SELECT FROM holdings_account a WHERE a.customer_id = customers_customer.id"
    f" AND a.opened_on = '{OPENED}'"
    f" AND (a.customer_id %% {SOME} < 2"
    f" OR a.id * 7 %% {SECURITIES} + {HELD - 1} < {RATED + HELD}))"
)


def _log_ins() -> None:
    """A log-in for whoever is told something: what makes a message costs more."""
    from bench.copies import run
    from brokerage.core import clock
    from brokerage.customers.models import Customer
    from brokerage.users.models import User
    from brokerage.users.models.user import Kind

    told = Customer.objects.filter(user=None).extra(where=[_TOLD])
    people = list(told.only("pk"))
    for customer in people:
        user = User(kind=Kind.CUSTOMER, phone_verified=True, created_at=clock.now())
        user.set_phone(f"+861990{customer.pk:07d}")
        user.set_unusable_password()
        customer.user = user
    User.objects.bulk_create([one.user for one in people if one.user], batch_size=2000)
    Customer.objects.bulk_update(people, ["user"], batch_size=2000)
    run("ANALYZE users_user, customers_customer")


@contextmanager
def _unchecked() -> Iterator[Any]:
    """One transaction whose rows no foreign key is asked about: they were made from each other."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield lambda sql, *values: cursor.execute(sql, values)


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
