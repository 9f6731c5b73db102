"""System checks: a deployment that serves customers has real gateways."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error


def check_gateways(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E001 the sandbox in production, E002 no SMS gateway, E003 no mail server."""
    if settings.SANDBOX:
        if not settings.SECURE_SSL_REDIRECT:
            return []
        return [
            Error(
                "Production settings use the message sandbox.",
                hint="Set SANDBOX = False; the sandbox shows codes to everybody.",
                id="messaging.E001",
            )
        ]
    found: list[CheckMessage] = []
    if not settings.SMS_URL.startswith("https://"):
        found.append(
            Error(
                "There is no SMS gateway.",
                hint="Set BROKERAGE_SMS_URL to its https:// address and BROKERAGE_SMS_TOKEN.",
                id="messaging.E002",
            )
        )
    if settings.EMAIL_BACKEND != "django.core.mail.backends.smtp.EmailBackend":
        found.append(
            Error(
                "There is no mail server.",
                hint="Set BROKERAGE_MAIL_URL to smtp://user:password@host:port/sender@domain.",
                id="messaging.E003",
            )
        )
    return found
