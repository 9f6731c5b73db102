"""The life of a stored file."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from brokerage.core.states import StateTable


class Status(models.TextChoices):
    RECEIVING = "receiving", _("being received")
    STORED = "stored", _("received, not yet checked")
    CHECKED = "checked", _("checked")
    DERIVED = "derived", _("checked, shown as a clean copy")
    REFUSED = "refused", _("refused")
    DISPOSED = "disposed", _("disposed of")


WITH_CONTENT = (Status.STORED, Status.CHECKED, Status.DERIVED)

# A file that was never fully received has no later state: its row is deleted.
TRANSITIONS = StateTable(
    {
        Status.RECEIVING: [Status.STORED],
        Status.STORED: [Status.CHECKED, Status.DERIVED, Status.REFUSED, Status.DISPOSED],
        Status.CHECKED: [Status.DISPOSED],
        Status.DERIVED: [Status.DISPOSED],
        Status.REFUSED: [Status.DISPOSED],
        Status.DISPOSED: [],
    }
)
