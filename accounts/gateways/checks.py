"""System checks: a deployment that serves customers asks real counterparties."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from accounts.gateways import COUNTERPARTIES

AUTHORITY = "ca"


def check_counterparties(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """accounts.E001 the sandbox in production, E002 one of this app's without an address."""
    if settings.SANDBOX:
        if not settings.SECURE_SSL_REDIRECT:
            return []
        return [
            Error(
                "Production settings use the sandbox of counterparties.",
                hint="Set SANDBOX = False; the sandbox confirms invented people.",
                id="accounts.E001",
            )
        ]
    return [
        Error(
            f"There is no address for the counterparty “{name}”.",
            hint=f"Set BROKERAGE_{name.upper()}_URL to its https:// address (docs/gateways).",
            id="accounts.E002",
        )
        for name in sorted((*COUNTERPARTIES, AUTHORITY))
        if not _address_of(name).startswith("https://")
    ]


def _address_of(name: str) -> str:
    url, _token = settings.COUNTERPARTIES.get(name, ("", ""))
    return str(url)
