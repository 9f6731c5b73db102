"""What a row needs that is signed with a code by SMS."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class SignedByCode(models.Model):
    """The code that was sent for exactly this row and its `fingerprint`; kept as a keyed hash."""

    ref: Any
    fingerprint: Any

    code_hash = models.CharField(max_length=64, blank=True, editable=False)
    code_sent_at = models.DateTimeField(_("code sent at"), null=True, blank=True)
    codes_sent = models.PositiveSmallIntegerField(_("codes sent"), default=0)
    code_tries = models.PositiveSmallIntegerField(_("wrong codes"), default=0)

    class Meta:
        abstract = True
