"""One record of each model of holdings that the back office lists."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from holdings.models import (
    AssetSnapshot,
    CounterFile,
    CustomerAssets,
    UnknownAccount,
    WaivedDay,
)
from holdings.states import AccountKind, FileKind, FileStatus, Tier

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
_numbers = count(1)


def a_counter_file() -> CounterFile:
    """A refused file with one error."""
    number = next(_numbers)
    file = CounterFile.objects.create(
        kind=FileKind.CASH,
        day=date(2026, 3, 2),
        revision=number,
        sha256=f"{number:064x}",
        name=f"cash-{number}.csv",
        status=FileStatus.REFUSED,
        received_at=AT,
        decided_at=AT,
        issue_count=1,
    )
    file.issues.create(row=3, field="amount", code="negative")
    return file


def an_unknown_account() -> UnknownAccount:
    """An account of the counter's list whose customer nobody here knows."""
    return UnknownAccount.objects.create(
        customer_ref=uuid4(), kind=AccountKind.ORDINARY, opened_on=date(2019, 5, 6)
    )


def a_waived_day() -> WaivedDay:
    """A day that somebody wants to give up."""
    day = date(2026, 1, 5) + timedelta(days=next(_numbers))
    return WaivedDay.objects.create(
        day=day, reason="lost at the counter", made_by_ref=uuid4(), made_at=AT
    )


def measured_assets(customer: Any) -> CustomerAssets:
    """The figures of a customer with one day."""
    AssetSnapshot.objects.create(
        customer=customer,
        day=date(2026, 3, 2),
        securities=100,
        cash=50,
        borrowed_cash=0,
        borrowed_securities=0,
        counted=150,
    )
    return CustomerAssets.objects.create(
        customer=customer,
        day=date(2026, 3, 2),
        counted=150,
        average=150,
        tier=Tier.BASIC,
        rule_version="holdings.service_tier@2020-01-01",
    )
