"""Words of an account that nobody uses."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from brokerage.core.states import StateTable


class DormancyStatus(models.TextChoices):
    """Where an unused account stands."""

    TOLD = "told", pgettext_lazy("dormancy", "Will be put to rest")
    DORMANT = "dormant", pgettext_lazy("dormancy", "At rest")
    WAKING = "waking", pgettext_lazy("dormancy", "Woken, open again on the next trading day")
    WOKEN = "woken", pgettext_lazy("dormancy", "Woken by the customer")
    USED = "used", pgettext_lazy("dormancy", "Used again in time")


DORMANCY_TRANSITIONS = StateTable(
    {
        DormancyStatus.TOLD: [DormancyStatus.DORMANT, DormancyStatus.WOKEN, DormancyStatus.USED],
        DormancyStatus.DORMANT: [DormancyStatus.DORMANT, DormancyStatus.WAKING],
        DormancyStatus.WAKING: [DormancyStatus.WOKEN],
        DormancyStatus.WOKEN: [],
        DormancyStatus.USED: [],
    }
)
LIMITED = (DormancyStatus.DORMANT, DormancyStatus.WAKING)
"""In these something is closed."""
DORMANCY_OPEN = (DormancyStatus.TOLD, *LIMITED)
