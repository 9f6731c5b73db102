"""How many customers of an outlet hold a fund of ours, so that nobody counts a million to look."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.models import OrgUnit


class Coverage(models.Model):
    """Customers at home in one outlet, and how many of them hold a fund that we sold.

    All rows are written anew each night; there is no history, and a row names no customer. An
    outlet where nobody is at home has none.
    """

    unit = models.OneToOneField(
        OrgUnit, models.PROTECT, related_name="+", verbose_name=_("outlet")
    )
    customers = models.PositiveIntegerField(_("customers at home there"))
    holders = models.PositiveIntegerField(_("of them with a fund of ours"))
    counted_at = models.DateTimeField(pgettext_lazy("coverage", "counted at"))

    objects: ClassVar[models.Manager[Coverage]] = models.Manager()

    class Meta:
        verbose_name = _("coverage of an outlet")
        verbose_name_plural = _("coverage by outlet")
        constraints = [
            models.CheckConstraint(
                condition=Q(customers__gt=0, holders__lte=F("customers")),
                name="no_more_hold_a_fund_than_are_at_home",
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.holders} / {self.customers}"
