"""A copy of everything about one customer, made for that customer."""

from __future__ import annotations

import base64
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable
from brokerage.customers.models.customers import Customer
from brokerage.customers.states import EXPORT_TRANSITIONS, ExportStatus


class DataExport(Referenced, Stateful):
    """One archive, encrypted in its row and emptied when it expires."""

    TRANSITIONS: ClassVar[StateTable] = EXPORT_TRANSITIONS

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="exports")
    status = models.CharField(
        _("status"), max_length=10, choices=ExportStatus, default=ExportStatus.REQUESTED
    )
    requested_at = models.DateTimeField(_("requested at"))
    ready_at = models.DateTimeField(_("ready at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    archive = EncryptedTextField(_("archive"), null=True, blank=True)  # base64 of a ZIP file

    class Meta:
        verbose_name = _("data export")
        verbose_name_plural = _("data exports")
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(status=ExportStatus.REQUESTED),
                name="one_export_in_preparation",
            ),
            models.CheckConstraint(
                condition=Q(status=ExportStatus.READY, archive__isnull=False)
                | (~Q(status=ExportStatus.READY) & Q(archive__isnull=True)),
                name="only_a_ready_export_holds_an_archive",
            ),
            models.CheckConstraint(
                condition=Q(ready_at=None, expires_at=None)
                | Q(ready_at__isnull=False, expires_at__gt=models.F("ready_at")),
                name="a_ready_export_expires",
            ),
        ]

    @property
    def content(self) -> bytes:
        """The bytes of the ZIP file; empty where there is none."""
        return base64.b64decode(self.archive or "")
