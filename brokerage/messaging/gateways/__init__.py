"""Ways out of the house: one gateway for each channel, real or played by the sandbox."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from brokerage.core.outbound import JsonClient
from brokerage.messaging.gateways.base import (
    Gateway,
    GatewayRefused,
    GatewayUnavailable,
    Report,
)

__all__ = ["Gateway", "GatewayRefused", "GatewayUnavailable", "Report", "gateway_for"]


def gateway_for(channel: str) -> Gateway:
    """The gateway of a channel in this deployment: sandboxes exactly where SANDBOX says so."""
    if settings.SANDBOX:
        from brokerage.messaging.gateways.sandbox import SandboxGateway

        return SandboxGateway(channel)
    return _real(channel, settings.SMS_URL, settings.SMS_TOKEN)


@cache
def _real(channel: str, url: str, token: str) -> Gateway:
    """Kept for the life of the process, because the breaker lives in it."""
    if channel == "sms":
        from brokerage.messaging.gateways.sms import SmsGateway

        return SmsGateway(JsonClient(base=url, token=token))
    from brokerage.messaging.gateways.email import EmailGateway

    return EmailGateway()
