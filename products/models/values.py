"""What a unit of a product is worth, day by day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from brokerage.core.money import QUANTITY
from products.models.products import Product


class DailyValue(models.Model):
    """The value of one unit at the end of a day, as the issuer told it. Lean: one row a day.

    A correction by the issuer overwrites the row; the journal names the day. `benchmark` is the
    level of the product's benchmark on the same day, where it has one.
    """

    product = models.ForeignKey(
        Product, models.PROTECT, related_name="values", verbose_name=_("product")
    )
    day = models.DateField(_("day"))
    value = models.DecimalField(_("value of a unit"), **QUANTITY)
    benchmark = models.DecimalField(_("level of the benchmark"), **QUANTITY, null=True, blank=True)

    objects: ClassVar[models.Manager[DailyValue]] = models.Manager()

    class Meta:
        verbose_name = _("daily value")
        verbose_name_plural = _("daily values")
        constraints = [
            models.UniqueConstraint(fields=["product", "day"], name="one_value_a_day"),
            models.CheckConstraint(
                condition=Q(value__gt=0) & (Q(benchmark=None) | Q(benchmark__gt=0)),
                name="values_are_positive",
                violation_error_message=_("A value is more than zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.day}"
