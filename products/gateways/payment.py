"""Taking money from a customer's cash account and giving it back, over HTTP."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from brokerage.core.outbound import JsonClient
from products.gateways.base import Unavailable, ask


class PaymentGateway(Protocol):
    """The keeper of cash accounts. Every call has a key and one effect."""

    def take(self, *, key: UUID, customer: UUID, amount: Decimal, at: datetime) -> bool:
        """Take yuan for an order; False where there is not enough. Raises Unavailable."""

    def give_back(self, *, key: UUID, customer: UUID, amount: Decimal, at: datetime) -> None:
        """Put yuan back that were taken for the order `key`. Raises Unavailable."""

    def revoke(self, *, key: UUID, customer: UUID, amount: Decimal, at: datetime) -> bool:
        """Withdraw the request `key`: from now on it takes nothing. Raises Unavailable.

        Returns:
            Whether the money had been taken; then it is still to be given back.
        """


class HttpPaymentGateway:
    """POST /payments, POST /payments/revoke and POST /refunds."""

    def __init__(self, client: JsonClient) -> None:
        self.client = client

    def take(self, *, key: UUID, customer: UUID, amount: Decimal, at: datetime) -> bool:
        """See PaymentGateway."""
        body = {"order": str(key), "customer": str(customer), "amount": f"{amount:.2f}"}
        found = ask(self.client, "POST", "/payments", body=body, key=f"{key}:take")
        if found.get("result") not in ("taken", "not_enough"):
            raise Unavailable("result")
        return bool(found["result"] == "taken")

    def give_back(self, *, key: UUID, customer: UUID, amount: Decimal, at: datetime) -> None:
        """See PaymentGateway."""
        body = {"order": str(key), "customer": str(customer), "amount": f"{amount:.2f}"}
        found = ask(self.client, "POST", "/refunds", body=body, key=f"{key}:back")
        if found.get("result") != "given_back":
            raise Unavailable("result")

    def revoke(self, *, key: UUID, customer: UUID, amount: Decimal, at: datetime) -> bool:
        """See PaymentGateway."""
        body = {"order": str(key), "customer": str(customer), "amount": f"{amount:.2f}"}
        found = ask(self.client, "POST", "/payments/revoke", body=body, key=f"{key}:revoke")
        if found.get("result") not in ("taken", "not_taken"):
            raise Unavailable("result")
        return bool(found["result"] == "taken")
