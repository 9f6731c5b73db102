"""What trades brought in by day and outlet, so that nobody sums ten million trades to look."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.models import OrgUnit
from brokerage.core.money import YUAN


class CommissionDay(models.Model):
    """Trades of one day by customers at home in one outlet; counted anew when the day changes.

    `charged` is the commission as it was charged, `dues` what exchange and regulator get of it;
    the rest is net. `left_out` is turnover of kinds whose dues nobody has entered: it stands in
    no other figure.
    """

    day = models.DateField(_("day"))
    unit = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("outlet"),
        help_text=_("Empty: of customers who are at home nowhere."),
    )
    trades = models.PositiveIntegerField(_("trades"))
    turnover = models.DecimalField(_("turnover"), **YUAN)
    charged = models.DecimalField(_("commission charged"), **YUAN)
    dues = models.DecimalField(_("of it to exchange and regulator"), **YUAN)
    left_out = models.DecimalField(_("turnover left out"), **YUAN)
    counted_at = models.DateTimeField(pgettext_lazy("commission", "counted at"))

    objects: ClassVar[models.Manager[CommissionDay]] = models.Manager()

    class Meta:
        verbose_name = _("commission of a day")
        verbose_name_plural = _("commission by day")
        indexes = [models.Index(fields=["unit", "day"], name="commission_of_a_unit")]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "unit"], nulls_distinct=False, name="one_commission_a_day_and_unit"
            ),
            models.CheckConstraint(
                condition=Q(turnover__gte=0, charged__gte=0, dues__gte=0, left_out__gte=0)
                & Q(dues__lte=F("turnover")),
                name="commission_is_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.unit_id}"
