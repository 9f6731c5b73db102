"""How somebody wants to be told."""

from __future__ import annotations

from datetime import time

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Preference(models.Model):
    """Channels and quiet hours of one log-in; without a row the defaults hold.

    Security notices do not ask. Offers ask for a consent (customers) besides.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="message_preference"
    )
    service_sms = models.BooleanField(_("Text messages about my business"), default=True)
    service_email = models.BooleanField(_("E-mails about my business"), default=True)
    marketing_sms = models.BooleanField(_("Offers by text message"), default=False)
    quiet_from = models.TimeField(_("Quiet from"), default=time(22, 0))
    quiet_to = models.TimeField(_("Quiet until"), default=time(8, 0))

    class Meta:
        verbose_name = _("message preference")
        verbose_name_plural = _("message preferences")

    def __str__(self) -> str:
        return str(self.user_id)
