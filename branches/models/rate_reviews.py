"""Released rates that the fees in force, or those that come, do not allow any more."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from branches.commission.quoting import FEES
from branches.models.commission import CommissionRate
from brokerage.core import money
from brokerage.core.models import Referenced, Timestamped
from brokerage.reference.models import Rule


class Breach(models.TextChoices):
    """What fees make of a rate."""

    BELOW_FLOOR = "below_floor", _("below the fees")
    ABOVE_CAP = "above_cap", _("above the cap")


class RateReviewQuerySet(models.QuerySet["RateReview"]):
    def waiting(self, today: date) -> Self:
        """Those whose rate still runs beyond the day from which it may not.

        Fees that were withdrawn before they came into force ask for nothing.
        """
        beyond = Q(rate__valid_to__gt=F("fees_from")) & Q(rate__valid_to__gt=today)
        scope = Concat(OuterRef("rate__market"), Value(":"), OuterRef("rate__product"))
        fees = Rule.objects.approved().exclude(valid_to=F("valid_from"))
        fees = fees.filter(key=FEES, scope=scope, valid_from=OuterRef("fees_from"))
        return self.filter(Q(rate__valid_to=None) | beyond, Exists(fees))


class RateReview(Referenced, Timestamped):
    """One released rate that new fees do not allow, and from when. Only ever added.

    It waits until its rate ends before that day: by a rate released in its place, or by itself.
    """

    rate = models.ForeignKey(
        CommissionRate, models.PROTECT, related_name="reviews", verbose_name=_("rate")
    )
    breach = models.CharField(_("finding"), max_length=12, choices=Breach)
    limit = models.DecimalField(_("least or most allowed"), **money.RATE)
    fees_version = models.CharField(_("fees"), max_length=100)
    fees_from = models.DateField(_("fees from"))
    due_on = models.DateField(_("until"))

    objects: Any = RateReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("rate to be looked at again")
        verbose_name_plural = _("rates to be looked at again")
        triggers = [pgtrigger.Protect(name="rate_reviews_stay", operation=pgtrigger.Update)]
        constraints = [
            models.UniqueConstraint(
                fields=["rate", "fees_version", "breach"],
                name="a_rate_is_found_once_for_each_change_of_fees",
            ),
            models.CheckConstraint(
                condition=Q(breach__in=Breach.values), name="a_rate_review_has_a_known_finding"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rate}: {self.get_breach_display()}"
