"""Market days of the demonstration: the counter's sandbox, taken through the use cases."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from holdings.gateways import counter_gateway
from holdings.models import Account, CounterFile
from holdings.selectors.averages import days_before
from holdings.states import AccountKind
from holdings.use_cases.bring_files import bring_file
from holdings.use_cases.measure_assets import measure_assets
from holdings.use_cases.open_account import open_account

MOST_DAYS = 30
SPACE = UUID("6b1d1a0e-5a64-4a55-9f6f-3f1f0e0d7c11")


def build_holdings(*, at: datetime) -> int:
    """Take the trading days since the first account was opened; returns how many files."""
    first = Account.objects.order_by("opened_on", "pk").first()
    if first is None or CounterFile.objects.exists():
        return 0
    opened = datetime.combine(first.opened_on, at.timetz())
    open_account(
        customer=first.customer,
        ref=uuid5(SPACE, str(first.ref)),
        kind=AccountKind.MARGIN,
        actor=Actor.system("demo"),
        at=opened,
    )
    gateway = counter_gateway()
    days = days_before(business_date(at), MOST_DAYS)
    taken = 0
    for day in (day for day in days if day >= first.opened_on):
        for announced in gateway.files(day=day, at=at):
            bring_file(announced, gateway=gateway, at=opened + (day - first.opened_on))
            taken += 1
    measure_assets(at=at)
    return taken
