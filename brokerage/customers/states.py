"""The life of a data export."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from brokerage.core.states import StateTable


class ExportStatus(models.TextChoices):
    """Where a requested copy of somebody's data stands."""

    REQUESTED = "requested", _("Being prepared")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Could not be prepared")
    EXPIRED = "expired", _("Expired")


EXPORT_TRANSITIONS = StateTable(
    {
        ExportStatus.REQUESTED: [ExportStatus.READY, ExportStatus.FAILED],
        ExportStatus.READY: [ExportStatus.EXPIRED],
        ExportStatus.FAILED: [],
        ExportStatus.EXPIRED: [],
    }
)
