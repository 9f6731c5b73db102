"""What the gateways say became of the texts they took."""

from __future__ import annotations

from datetime import datetime

from django.core.cache import cache
from django.db import transaction

from brokerage.messaging.gateways import GatewayUnavailable, Report, gateway_for
from brokerage.messaging.models import Channel, Delivery
from brokerage.messaging.states import DeliveryStatus

PAGES = 20


def take_reports(*, at: datetime) -> int:
    """Fetch new SMS reports; late, repeated and unknown ones change nothing.

    The cursor is kept in the shared cache: losing it means reading again, which is harmless.

    Returns:
        How many deliveries changed.
    """
    gateway, changed = gateway_for(Channel.SMS), 0
    for _ in range(PAGES):
        cursor: str = cache.get("messaging.reports", "")
        try:
            reports, following = gateway.reports(after=cursor, at=at)
        except GatewayUnavailable:
            return changed
        changed += sum(_take(report, at) for report in reports)
        if following == cursor:
            return changed
        cache.set("messaging.reports", following, timeout=None)
    return changed


def _take(report: Report, at: datetime) -> bool:
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update()
            .filter(gateway_id=report.gateway_id, status=DeliveryStatus.SENT)
            .first()
        )
        if delivery is None:
            return False
        delivery.move_to(DeliveryStatus.DELIVERED if report.delivered else DeliveryStatus.FAILED)
        delivery.ended_at, delivery.reason = at, report.reason
        delivery.save()
    return True
