"""The trading counter: real or played by the sandbox."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from brokerage.core.outbound import JsonClient
from holdings.gateways.counter import (
    CounterFiles,
    CounterGateway,
    HttpCounterGateway,
    Limits,
    Unavailable,
)

__all__ = ["CounterFiles", "CounterGateway", "Limits", "Unavailable", "counter_gateway"]


def counter_gateway() -> CounterGateway:
    """The counter of this deployment: the sandbox exactly where SANDBOX says so."""
    if settings.SANDBOX:
        from holdings.gateways.sandbox import PlayedCounter

        return PlayedCounter()
    return _real()


@cache
def _real() -> CounterGateway:
    """Kept for the life of the process, because the breaker lives in it."""
    url, token = settings.COUNTERPARTIES["counter"]
    return HttpCounterGateway(JsonClient(base=url, token=token))
