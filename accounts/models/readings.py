"""What was read on a photograph of an identity document."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.evidence.states import READING_TRANSITIONS, CardSide, ReadingStatus
from accounts.models.application import Application
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced, Timestamped
from brokerage.core.states import Stateful, StateTable


class Reading(Referenced, Timestamped, Stateful):
    """One photograph of one side, read once by the worker.

    Life: waiting → read, or unreadable with its flaws. A newer photograph of the same side makes
    a new row; the newest counts. What the customer corrects stands in the application, not here:
    this stays what was read.
    """

    TRANSITIONS: ClassVar[StateTable] = READING_TRANSITIONS

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="readings", verbose_name=_("application")
    )
    file_ref = models.UUIDField(_("file"), unique=True)
    side = models.CharField(_("side"), max_length=8, choices=CardSide)
    status = models.CharField(
        _("status"), max_length=10, choices=ReadingStatus, default=ReadingStatus.WAITING
    )
    fields = EncryptedTextField(_("fields"), null=True, blank=True)
    flaws = ArrayField(models.CharField(max_length=12), verbose_name=_("flaws"), default=list)
    ended_at = models.DateTimeField(_("read at"), null=True, blank=True)
    milliseconds = models.PositiveIntegerField(_("milliseconds"), default=0)

    class Meta:
        verbose_name = _("reading of a document")
        verbose_name_plural = _("readings of documents")
        indexes = [
            models.Index(fields=["application", "side", "-id"], name="newest_reading_of_a_side")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=ReadingStatus.WAITING, ended_at=None)
                | (~Q(status=ReadingStatus.WAITING) & Q(ended_at__isnull=False)),
                name="a_finished_reading_has_its_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.short_ref}"

    @property
    def found(self) -> dict[str, dict[str, Any]]:
        """Per field: value, sure (thousandths), doubt."""
        values: dict[str, dict[str, Any]] = json.loads(self.fields or "{}")
        return values
