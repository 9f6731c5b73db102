"""Browsers from which somebody has signed in before."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from brokerage.core.models import Referenced
from brokerage.users.models.user import User


class Device(Referenced):
    """A browser that has proved itself for one log-in, known again by a signed cookie.

    It opens nothing by itself: it decides whether the owner is told of a new device, and it
    holds back a share of the daily codes that strangers cannot use up (decision record 0003).
    """

    user = models.ForeignKey(User, verbose_name=_("log-in"), on_delete=models.CASCADE)
    cookie_hash = models.CharField(max_length=64, editable=False)
    browser = models.CharField(_("browser"), max_length=60, blank=True)
    network = models.CharField(_("network"), max_length=50, blank=True)
    first_seen_at = models.DateTimeField(_("first seen"))
    last_seen_at = models.DateTimeField(_("last signed in"))

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "cookie_hash"], name="a_device_is_kept_once_for_a_log_in"
            )
        ]
