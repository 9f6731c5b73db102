"""Cash accounts and the registrar of funds; docs/products.md holds both contracts."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from brokerage.core.outbound import JsonClient
from products.gateways.payment import HttpPaymentGateway, PaymentGateway
from products.gateways.registrar import HttpRegistrar, Registrar

__all__ = ["PaymentGateway", "Registrar", "payment_gateway", "registrar"]


def payment_gateway() -> PaymentGateway:
    """The keeper of cash accounts: the sandbox exactly where SANDBOX says so."""
    if settings.SANDBOX:
        from products.gateways.sandbox import PlayedPayments

        return PlayedPayments()
    return _payments()


def registrar() -> Registrar:
    """The registrar of funds: the sandbox exactly where SANDBOX says so."""
    if settings.SANDBOX:
        from products.gateways.sandbox import PlayedRegistrar

        return PlayedRegistrar()
    return _registrar()


@cache
def _payments() -> PaymentGateway:
    """Kept for the life of the process, because the breaker lives in it."""
    url, token = settings.COUNTERPARTIES["payment"]
    return HttpPaymentGateway(JsonClient(base=url, token=token))


@cache
def _registrar() -> Registrar:
    url, token = settings.COUNTERPARTIES["registrar"]
    return HttpRegistrar(JsonClient(base=url, token=token))
