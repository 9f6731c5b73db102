"""What a customer agreed to: the exact text, when, where, and until when."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from brokerage.core.models import Referenced
from brokerage.customers.models.customers import Customer
from brokerage.customers.purposes import PURPOSES


class ConsentText(models.Model):
    """One version of a consent text in one language; never changed, never removed."""

    purpose = models.CharField(_("purpose"), max_length=40)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    version = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"))
    sha256 = models.CharField(max_length=64, editable=False)
    valid_from = models.DateTimeField(_("valid from"))

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "language", "version"], name="one_consent_text_of_each_version"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="consent_texts_stay", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{_title(self.purpose)} {self.version}"


class ConsentQuerySet(models.QuerySet["Consent"]):
    def in_force(self) -> Self:
        """Given and not withdrawn."""
        return self.filter(withdrawn_at=None)


class Consent(Referenced):
    """Agreement to one purpose, tied to the text that was shown. Withdrawal ends it at once."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=40)
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT)
    given_at = models.DateTimeField(_("given at"))
    channel = models.CharField(_("channel"), max_length=20)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_channel = models.CharField(_("withdrawn through"), max_length=20, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "purpose"],
                condition=Q(withdrawn_at=None),
                name="one_consent_in_force_for_each_purpose",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("given_at")),
                name="a_consent_ends_after_it_began",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="a_given_consent_stays", exclude=["withdrawn_at", "withdrawn_channel"]
            ),
            pgtrigger.Protect(
                name="a_withdrawal_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
            ),
            pgtrigger.Protect(name="consents_are_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{_title(self.purpose)} {self.short_ref}"


def _title(purpose: str) -> str:
    """What a purpose is called; its key where no app knows it any more."""
    return str(PURPOSES.get(purpose).title) if purpose in PURPOSES else purpose
