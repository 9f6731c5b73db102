"""What a person's own copy of their data says of what they hold."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from brokerage.core import data_export
from brokerage.core.data_export import Person
from brokerage.customers.models import Customer
from brokerage.customers.subjects import RECORDS
from holdings.models import (
    Account,
    AssetEvidence,
    AssetSnapshot,
    CashBalance,
    CustomerAssets,
    FileChange,
    MarginBalance,
    Position,
    Trade,
)
from holdings.shown import corrected_figures


def register() -> None:
    """Called once when the app is ready."""
    data_export.register(
        "holdings",
        title=_("Holdings and cash"),
        collect=_holdings,
        order=62,
        covers=(
            "holdings.Account",
            "holdings.Position",
            "holdings.CashBalance",
            "holdings.MarginBalance",
            "holdings.FileChange",
        ),
    )
    data_export.register(
        "trades", title=_("Trades"), collect=_trades, order=63, covers=("holdings.Trade",)
    )
    data_export.register(
        "assets",
        title=_("Asset snapshots and averages"),
        collect=_assets,
        order=64,
        covers=("holdings.AssetSnapshot", "holdings.CustomerAssets", "holdings.AssetEvidence"),
    )
    RECORDS.register("holdings", _accounts)
    RECORDS.register("holdings.evidence", _evidence)


def _accounts(customer: Customer) -> QuerySet[Any, UUID]:
    return Account.objects.of(customer).values_list("ref", flat=True)


def _evidence(customer: Customer) -> QuerySet[Any, UUID]:
    return AssetEvidence.objects.filter(customer=customer).values_list("ref", flat=True)


def _holdings(person: Person) -> list[dict[str, Any]]:
    """Every account with all its days."""
    accounts = Account.objects.filter(customer__ref=person.customer).order_by("pk")
    found: list[dict[str, Any]] = [
        {
            "account": str(row.ref),
            "kind": row.get_kind_display(),
            "since": row.opened_on.isoformat(),
            "until": row.closed_on and row.closed_on.isoformat(),
        }
        for row in accounts
    ]
    positions = Position.objects.filter(account__in=accounts).select_related("instrument")
    for row in positions.order_by("day", "pk").iterator():
        found.append(
            {
                "day": row.day.isoformat(),
                "title": f"{row.instrument.code} {row.instrument.name}",
                "units": str(row.quantity),
                "value": str(row.value),
                "cost": str(row.cost),
                **_abroad(row),
            }
        )
    for model, names in (
        (CashBalance, ("amount", "frozen")),
        (MarginBalance, ("borrowed_cash", "borrowed_securities")),
    ):
        rows: Any = model._default_manager.filter(account__in=accounts).order_by("day", "pk")
        for balance in rows.iterator():
            values = {name: str(getattr(balance, name)) for name in names}
            found.append({"day": balance.day.isoformat(), **values})
    return found + _corrections(accounts)


def _abroad(row: Position | Trade) -> dict[str, str]:
    """The currency of a price and its rate; nothing where the price is in yuan."""
    return {"currency": row.currency, "rate": str(row.rate)} if row.currency else {}


def _corrections(accounts: QuerySet[Account]) -> list[dict[str, Any]]:
    """What the counter corrected of these accounts, with the figures before and after."""
    changes = FileChange.objects.filter(account__in=accounts).select_related("file", "instrument")
    return [
        {
            "day": row.file.day.isoformat(),
            "title": f"{row.instrument.code} {row.instrument.name}" if row.instrument else "",
            "corrected": corrected_figures(row),
        }
        for row in changes
    ]


def _trades(person: Person) -> list[dict[str, Any]]:
    rows = Trade.objects.filter(account__customer__ref=person.customer)
    return [
        {
            "day": row.day.isoformat(),
            "title": f"{row.instrument.code} {row.instrument.name}",
            "side": row.get_side_display(),
            "units": str(row.quantity),
            "price": str(row.price),
            "amount": str(row.amount),
            "fees": str(row.fees),
            **_abroad(row),
        }
        for row in rows.select_related("instrument").order_by("day", "pk")
    ]


def _assets(person: Person) -> list[dict[str, Any]]:
    snapshots = AssetSnapshot.objects.filter(customer__ref=person.customer).order_by("day")
    frozen = AssetEvidence.objects.filter(customer__ref=person.customer).order_by("made_at")
    newest = CustomerAssets.objects.filter(customer__ref=person.customer)
    parts = ("securities", "cash", "borrowed_cash", "borrowed_securities", "counted")
    return [
        *(
            {
                "day": row.day.isoformat(),
                "average": str(row.average),
                "tier": row.get_tier_display(),
            }
            for row in newest
        ),
        *(
            {"day": row.day.isoformat(), **{name: str(getattr(row, name)) for name in parts}}
            for row in snapshots
        ),
        *(
            {
                "used_for": row.purpose,
                "day": row.on.isoformat(),
                "days": row.days,
                "average": str(row.average),
                "amounts": row.amounts,
                "left_out": row.left_out,
            }
            for row in frozen
        ),
    ]
