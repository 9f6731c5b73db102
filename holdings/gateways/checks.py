"""System check: a deployment that serves customers asks a real trading counter."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error


def check_counter(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """holdings.E001: the trading counter has no https address in production."""
    url, _token = settings.COUNTERPARTIES.get("counter", ("", ""))
    if settings.SANDBOX or url.startswith("https://"):
        return []
    return [
        Error(
            "There is no https address for the trading counter.",
            hint="Set BROKERAGE_COUNTER_URL to its https:// address (docs/holdings.md).",
            id="holdings.E001",
        )
    ]
