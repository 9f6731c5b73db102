"""What a row needs that is signed with a code by SMS."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from brokerage.core.saving import KeptStatements


class SignedByCode(KeptStatements):
    """The code that was sent for exactly this row and its `fingerprint`; kept as a keyed hash."""

    ref: Any
    fingerprint: Any

    code_hash = models.CharField(max_length=64, blank=True, editable=False)
    code_sent_at = models.DateTimeField(_("code sent at"), null=True, blank=True)
    codes_sent = models.PositiveSmallIntegerField(_("codes sent"), default=0)
    code_tries = models.PositiveSmallIntegerField(_("wrong codes"), default=0)

    class Meta:
        abstract = True


def sealed_with_its_file(**signed: Any) -> Q:
    """The condition that what was signed is sealed with its file, or not sealed yet.

    Args:
        signed: what of the signature has to be there besides.
    """
    there = {
        "sealed_at__isnull": False,
        "file_ref__isnull": False,
        "signed_at__isnull": False,
        "seal_problem": "",
        **signed,
    }
    return Q(sealed_at=None, file_ref=None) | (
        Q(**there) & ~Q(certificate_serial="") & ~Q(file_sha256="")
    )
