"""The SMS gateway over HTTP; its contract stands in docs/gateways/sms.md."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from brokerage.core.outbound import JsonClient, Unreachable
from brokerage.messaging.gateways.base import GatewayRefused, GatewayUnavailable, Report


class SmsGateway:
    """Sends texts and fetches their reports."""

    def __init__(self, client: JsonClient) -> None:
        self.client = client

    def send(self, *, address: str, title: str, body: str, key: UUID, at: datetime) -> str:
        """POST /messages; 202 took it, 200 had it already, 4xx never will."""
        try:
            answer = self.client.call(
                "POST",
                "/messages",
                body={"to": address, "text": body},
                headers={"Idempotency-Key": str(key)},
            )
        except Unreachable as error:
            raise GatewayUnavailable(str(error)) from None
        number = answer.data.get("id")
        if answer.status in (200, 202) and isinstance(number, str) and 0 < len(number) <= 80:
            return number
        if answer.status in (400, 403, 404, 422):
            raise GatewayRefused(_code(answer.data.get("code")))
        raise GatewayUnavailable(f"HTTP {answer.status}")

    def reports(self, *, after: str, at: datetime) -> tuple[list[Report], str]:
        """GET /reports?after=…; entries that do not keep the contract are passed over."""
        try:
            answer = self.client.call("GET", f"/reports?after={quote(after, safe='')}")
        except Unreachable as error:
            raise GatewayUnavailable(str(error)) from None
        entries, cursor = answer.data.get("reports"), answer.data.get("next")
        if answer.status != 200 or not isinstance(entries, list) or not isinstance(cursor, str):
            raise GatewayUnavailable(f"HTTP {answer.status}")
        return [report for entry in entries if (report := _report(entry))], cursor[:200]


def _report(entry: object) -> Report | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        return None
    if entry.get("status") not in ("delivered", "undelivered"):
        return None
    return Report(
        gateway_id=entry["id"],
        delivered=entry["status"] == "delivered",
        reason="" if entry["status"] == "delivered" else _code(entry.get("code")),
    )


def _code(value: object) -> str:
    """A reason of the gateway as ours: short, and only if it is a plain word."""
    return (
        value
        if isinstance(value, str) and value.isidentifier() and len(value) <= 40
        else "refused"
    )
