"""What the sandbox played: exists for demonstrations, production never writes it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core import masking
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.messaging.models.messages import Channel


class SandboxOutbox(Referenced):
    """One text that the played gateway took, with the words, encrypted."""

    channel = models.CharField(_("channel"), max_length=5, choices=Channel)
    address = EncryptedTextField(_("address"))
    title = EncryptedTextField(_("title"), null=True, blank=True)
    body = EncryptedTextField(pgettext_lazy("message", "text"))
    idempotency_key = models.UUIDField(unique=True)
    accepted_at = models.DateTimeField(_("accepted at"))
    report = models.CharField(_("report"), max_length=10)
    report_at = models.DateTimeField(_("report at"))

    class Meta:
        verbose_name = _("sandbox message")
        verbose_name_plural = _("sandbox messages")
        indexes = [models.Index(fields=["report_at", "id"], name="sandbox_reports")]

    @property
    def masked_address(self) -> str:
        """The address as the outbox page shows it."""
        hide = masking.phone if self.channel == Channel.SMS else masking.email
        return hide(self.address)
