"""A customer's own wish for a time without offers."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.customers.models import Customer


class CoolingOffQuerySet(models.QuerySet["CoolingOff"]):
    def running(self, at: datetime) -> Self:
        """Those that hold at an instant."""
        return self.filter(since__lte=at, until__gt=at)


class CoolingOff(models.Model):
    """From `since` until before `until` the customer wants no offers that have to do with trading.

    Set by the customer alone. It can be made longer at any time, and ended early, which counts
    only some hours later, so that it is not taken back in the heat. Not for: reminders that
    protect, and messages about the account; they are no offers.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="coolings_off")
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(pgettext_lazy("cooling off", "until"))
    rule_version = models.CharField(_("rule version"), max_length=100)

    objects = CoolingOffQuerySet.as_manager()

    class Meta:
        verbose_name = _("time without offers")
        verbose_name_plural = _("times without offers")
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("since")), name="a_cooling_off_ends_after_it_begins"
            ),
            ExclusionConstraint(
                name="one_cooling_off_at_a_time",
                expressions=[
                    ("customer", RangeOperators.EQUAL),
                    (
                        Func(
                            "since",
                            "until",
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.since} – {self.until}"
