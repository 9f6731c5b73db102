"""The life of one delivery through an outside channel."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from brokerage.core.states import StateTable


class DeliveryStatus(models.TextChoices):
    """Where a text message or an e-mail stands."""

    QUEUED = "queued", _("Waiting")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Not delivered")
    EXPIRED = "expired", _("Too late to send")
    SUPPRESSED = "suppressed", _("Not sent on purpose")


DELIVERY_TRANSITIONS = StateTable(
    {
        DeliveryStatus.QUEUED: [
            DeliveryStatus.SENT,
            DeliveryStatus.FAILED,
            DeliveryStatus.EXPIRED,
            DeliveryStatus.SUPPRESSED,
        ],
        DeliveryStatus.SENT: [DeliveryStatus.DELIVERED, DeliveryStatus.FAILED],
        DeliveryStatus.DELIVERED: [],
        DeliveryStatus.FAILED: [],
        DeliveryStatus.EXPIRED: [],
        DeliveryStatus.SUPPRESSED: [],
    }
)
