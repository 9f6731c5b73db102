"""General figures and switches: dated, signed off by a second person."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from brokerage.core.four_eyes import FourEyed, FourEyedQuerySet, decided_rows_stay
from brokerage.core.models import Referenced
from brokerage.reference.dated import DatedRule


class Rule(DatedRule):
    """A single figure or small table that stands for itself: a retention term, a time limit.

    Not for: questionnaires, product grades and other rules that have tables of their own.
    """

    class Meta(DatedRule.Meta):
        verbose_name = _("rule")
        verbose_name_plural = _("rules")


class SwitchQuerySet(FourEyedQuerySet["Switch"]):
    """Filters of switch rows."""

    def at(self, at: datetime) -> Self:
        """Approved rows that took effect by `at`, the latest first."""
        return (
            self.approved()
            .filter(starts_at__lte=at, checked_at__lte=at)
            .annotate(effective_at=Greatest("starts_at", "checked_at"))
            .order_by("-effective_at", "-checked_at", "-pk")
        )


class Switch(Referenced, FourEyed):
    """A turn of a switch: from `starts_at` on (but not before its approval) it is on or off.

    The latest approved turn counts; a turn is never taken back, another one follows. Turns may
    be planned ahead: on at 09:00, off at 16:00.
    """

    key = models.CharField(_("switch"), max_length=60)
    is_on = models.BooleanField(_("turned on"))
    starts_at = models.DateTimeField(_("takes effect at"))
    reason = models.TextField(_("reason"))

    objects = SwitchQuerySet.as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = _("switch")
        verbose_name_plural = _("switches")
        ordering = ["key", "-starts_at", "-pk"]
        indexes = [models.Index(fields=["key", "-starts_at"])]
        triggers = [decided_rows_stay()]

    def __str__(self) -> str:
        return f"{self.key} {'on' if self.is_on else 'off'} {self.starts_at:%Y-%m-%d %H:%M}"
