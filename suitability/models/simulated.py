"""What a customer did in a simulated market, as its operator certified it."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.models import Referenced
from brokerage.customers.models import Customer
from suitability.labels import SIMULATED
from suitability.rules.simulated import Practice


class SimulatedTrading(Referenced):
    """One certified practice; brought in a list by one person and released by another.

    Only ever added. How much of it counts is a dated rule (`suitability.simulated_trading`).
    """

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="simulated_trading", verbose_name=_("customer")
    )
    fact = models.CharField(_("fact"), max_length=40, choices=list(SIMULATED.items()))
    trades = models.PositiveIntegerField(pgettext_lazy("practice", "trades"))
    days = models.PositiveSmallIntegerField(pgettext_lazy("practice", "trading days"))
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    certificate = models.CharField(_("number of the certificate"), max_length=60)
    brought_by_ref = models.UUIDField(_("brought by"), editable=False)
    released_by_ref = models.UUIDField(pgettext_lazy("practice", "released by"), editable=False)
    taken_at = models.DateTimeField(_("taken at"))

    objects: ClassVar[models.Manager[SimulatedTrading]] = models.Manager()

    class Meta:
        verbose_name = _("simulated trading")
        verbose_name_plural = _("simulated trading")
        constraints = [
            models.UniqueConstraint(
                fields=["fact", "certificate"], name="a_certificate_of_practice_counts_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    fact__in=list(SIMULATED),
                    last_on__gte=F("first_on"),
                    trades__gte=1,
                    days__gte=1,
                )
                & ~Q(certificate=""),
                name="a_practice_has_days_and_trades",
            ),
            models.CheckConstraint(
                condition=~Q(brought_by_ref=F("released_by_ref")),
                name="two_people_take_a_practice",
            ),
        ]
        indexes = [models.Index(fields=["customer", "fact"], name="practice_of_a_customer")]
        triggers = [
            pgtrigger.Protect(name="practice_stays", operation=pgtrigger.Update),
            pgtrigger.Protect(name="practice_is_kept", operation=pgtrigger.Delete),
        ]

    @property
    def practice(self) -> Practice:
        """As the rules take it."""
        return Practice(trades=self.trades, days=self.days, last_on=self.last_on)
