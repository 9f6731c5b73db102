"""Numbers that a customer used before."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.users.models.user import User


class PastPhone(Referenced):
    """A number given up, kept so that its holder can be told of the change."""

    user = models.ForeignKey(User, verbose_name=_("log-in"), on_delete=models.PROTECT)
    phone = EncryptedTextField(_("phone"))
    until = models.DateTimeField(_("used until"))

    class Meta:
        verbose_name = _("past phone number")
        verbose_name_plural = _("past phone numbers")
