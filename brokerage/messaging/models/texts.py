"""Versions of the texts that leave the house."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """Why we write to somebody; decides channels, hours and limits."""

    CODE = "code", _("Codes")
    SECURITY = "security", _("Security")
    SERVICE = "service", _("Your business")
    MARKETING = "marketing", _("Offers")


class TextVersion(models.Model):
    """One version of the text of a kind, in every language and channel; never changed.

    `content` is language → channel → {"title", "body"}; `variables` is name → type (`rules.text`).
    """

    kind = models.CharField(_("kind"), max_length=80)
    version = models.PositiveIntegerField(_("version"))
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    variables = models.JSONField(_("variables"), default=dict)
    content = models.JSONField(_("content"))
    link = models.CharField(_("link"), max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, editable=False)
    valid_from = models.DateTimeField(_("valid from"))

    class Meta:
        verbose_name = _("message text")
        verbose_name_plural = _("message texts")
        ordering = ["kind", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "version"], name="one_message_text_of_each_version"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="message_texts_stay", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"

    def of(self, language: str, channel: str) -> dict[str, str] | None:
        """Title and body for a language and channel; None where the kind has none."""
        texts: dict[str, dict[str, str]] = self.content.get(language, {})
        return texts.get(channel)
