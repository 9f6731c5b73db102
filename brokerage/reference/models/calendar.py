"""Trading and working days."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from brokerage.reference.origin import Origin


class Market(models.TextChoices):
    """Whose calendar a day belongs to."""

    CN = "CN", _("Mainland exchanges")
    SOUTHBOUND = "SB", _("Stock Connect southbound")


class CalendarDay(models.Model):
    """One day of one market, as announced. Never derived: exchanges close on odd workdays too.

    2024-02-09 was a workday without trading; weekend make-up workdays have no trading either.
    """

    market = models.CharField(_("market"), max_length=2, choices=Market)
    day = models.DateField(_("day"))
    is_trading = models.BooleanField(_("trading day"))
    is_working = models.BooleanField(_("working day"))
    is_provisional = models.BooleanField(
        _("provisional"), help_text=_("The announcement is still to come.")
    )
    name_zh = models.CharField(_("holiday, Chinese"), max_length=40, blank=True)
    name_en = models.CharField(_("holiday, English"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=300)
    origin = models.CharField(_("origin"), max_length=7, choices=Origin)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["market", "day"]
        constraints = [
            models.UniqueConstraint(fields=["market", "day"], name="one_row_a_market_and_day"),
            models.CheckConstraint(
                condition=Q(is_trading=False) | Q(is_working=True),
                name="a_trading_day_is_a_working_day",
                violation_error_message=_("A trading day is a working day."),
            ),
        ]
        indexes = [
            models.Index("market", "day", condition=Q(is_trading=True), name="trading_days"),
            models.Index("market", "day", condition=Q(is_working=True), name="working_days"),
        ]

    def __str__(self) -> str:
        return f"{self.market} {self.day}"
