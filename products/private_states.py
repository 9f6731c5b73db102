"""Words for contracts of private funds."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from brokerage.core.states import StateTable


class PrivateStatus(models.TextChoices):
    """The life of a contract of a private fund."""

    PLACED = "placed", pgettext_lazy("private contract", "signed, being paid")
    COOLING = "cooling", pgettext_lazy("private contract", "cooling off")
    BINDING = "binding", pgettext_lazy("private contract", "confirmed, binding")
    UNPAID = "unpaid", pgettext_lazy("private contract", "not paid")
    LAPSED = "lapsed", pgettext_lazy("private contract", "ended without an answer about the money")
    CANCELLED = "cancelled", pgettext_lazy("private contract", "taken back")
    UNREACHED = "unreached", pgettext_lazy("private contract", "ended: not confirmed in a call")


PRIVATE_TRANSITIONS = StateTable(
    {
        PrivateStatus.PLACED: [
            PrivateStatus.COOLING,
            PrivateStatus.UNPAID,
            PrivateStatus.LAPSED,
        ],
        PrivateStatus.COOLING: [
            PrivateStatus.BINDING,
            PrivateStatus.CANCELLED,
            PrivateStatus.UNREACHED,
        ],
        PrivateStatus.BINDING: [],
        PrivateStatus.UNPAID: [],
        PrivateStatus.LAPSED: [],
        PrivateStatus.CANCELLED: [],
        PrivateStatus.UNREACHED: [],
    }
)
OPEN = (PrivateStatus.PLACED, PrivateStatus.COOLING)
COOLED = (
    PrivateStatus.COOLING,
    PrivateStatus.BINDING,
    PrivateStatus.CANCELLED,
    PrivateStatus.UNREACHED,
)
"""They were paid, so that a time to cool off began."""
