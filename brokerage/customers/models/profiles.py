"""Versions of what we know about a customer, and where each value came from."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from brokerage.core.crypto import keyed_hash
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.customers.models.customers import Customer


class Source(models.TextChoices):
    """Who or what a value came from."""

    CUSTOMER = "customer", _("Entered by the customer")
    OCR = "ocr", _("Read from a document")
    STAFF = "staff", _("Entered by our staff")
    PARTNER = "partner", _("Sent by a partner")


def digest_of(values: str) -> str:
    """A keyed digest of the JSON text of a version: shows that a sealed text was exchanged."""
    return keyed_hash(hashlib.sha256(values.encode()).hexdigest(), purpose="customers.profile")


class ProfileVersion(Referenced):
    """The whole profile as it stood from one instant on. Rows are only added.

    `values` is encrypted JSON, field → text. `provenance` is plain JSON, field → source, instant
    and the ref of who entered it; it holds no personal value. Only the ciphertext may be
    rewritten (new key); `digest` shows that its content stayed the same.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="profiles")
    number = models.PositiveIntegerField(_("version"))
    values = EncryptedTextField(_("values"))
    provenance = models.JSONField(_("provenance"))
    digest = models.CharField(max_length=64, editable=False)
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("profile version")
        verbose_name_plural = _("profile versions")
        ordering = ["customer", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "number"], name="one_profile_of_each_number"
            ),
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="profile_versions_count_from_one"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="profile_versions_stay", exclude=["values"]),
            pgtrigger.Protect(name="profile_versions_are_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}/{self.number}"

    @property
    def fields(self) -> dict[str, str]:
        """The values by field name."""
        loaded: dict[str, Any] = json.loads(self.values or "{}")
        return loaded

    @property
    def is_genuine(self) -> bool:
        """Whether the sealed values are those that were written first."""
        return self.digest == digest_of(self.values or "")
