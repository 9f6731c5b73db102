"""System check: a deployment that serves customers asks real counterparties."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error


def check_counterparties(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """products.E001: payment or registrar has no https address in production."""
    if settings.SANDBOX:
        return []
    return [
        Error(
            f"There is no https address for {name}.",
            hint=f"Set BROKERAGE_{name.upper()}_URL to its https:// address (docs/products.md).",
            id="products.E001",
        )
        for name in ("payment", "registrar")
        if not settings.COUNTERPARTIES.get(name, ("", ""))[0].startswith("https://")
    ]
