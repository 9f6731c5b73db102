"""What follows from the counter's days: asset snapshots, averages, frozen evidence."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from brokerage.core.models import Referenced
from brokerage.core.money import YUAN
from brokerage.customers.models import Customer
from holdings.states import Tier


class AssetSnapshot(models.Model):
    """A customer's assets at the end of a trading day, over all accounts; what counts is net.

    Made for a whole day once its positions, cash and margin balances were taken, and again when
    one of them is corrected. A customer who had nothing on a day has no row.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="asset_snapshots")
    day = models.DateField(_("day"), db_index=True)
    securities = models.DecimalField(_("securities"), **YUAN)
    cash = models.DecimalField(_("cash"), **YUAN)
    borrowed_cash = models.DecimalField(_("borrowed money"), **YUAN)
    borrowed_securities = models.DecimalField(_("borrowed securities"), **YUAN)
    counted = models.DecimalField(_("counts"), **YUAN)

    class Meta:
        verbose_name = _("asset snapshot")
        verbose_name_plural = _("asset snapshots")
        constraints = [
            models.UniqueConstraint(fields=["customer", "day"], name="one_snapshot_a_day"),
            models.CheckConstraint(
                condition=Q(
                    counted=F("securities")
                    + F("cash")
                    - F("borrowed_cash")
                    - F("borrowed_securities")
                ),
                name="what_was_borrowed_does_not_count",
            ),
            models.CheckConstraint(
                condition=Q(
                    securities__gte=0,
                    cash__gte=0,
                    borrowed_cash__gte=0,
                    borrowed_securities__gte=0,
                ),
                name="parts_of_a_snapshot_are_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.customer_id}"

    @property
    def borrowed(self) -> Decimal:
        """Money and securities that do not count."""
        return self.borrowed_cash + self.borrowed_securities


class CustomerAssets(Referenced):
    """The newest figures of a customer, for lists of staff; measured in one set for everybody.

    `average` is over the days that the rule of service tiers names, a day without a snapshot
    counting as nothing; `rule_version` is that rule.
    """

    customer = models.OneToOneField(Customer, models.PROTECT, related_name="assets")
    day = models.DateField(_("as of"))
    counted = models.DecimalField(_("assets"), **YUAN)
    average = models.DecimalField(_("average"), **YUAN)
    tier = models.CharField(_("service tier"), max_length=5, choices=Tier)
    rule_version = models.CharField(_("rule version"), max_length=100)

    class Meta:
        verbose_name = _("customer's assets")
        verbose_name_plural = _("customers' assets")
        indexes = [models.Index(fields=["tier"], name="assets_by_tier")]
        constraints = [
            models.CheckConstraint(
                condition=Q(tier__in=Tier.values), name="assets_have_a_service_tier"
            ),
        ]


class AssetEvidence(Referenced):
    """The average that a decision used, frozen with each day's amount; never changed.

    A later correction of a day makes no other evidence of it: the decision was taken on this.
    `left_out` names the given-up days (`WaivedDay`) between the first and the last that counted.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="asset_evidence")
    purpose = models.CharField(_("used for"), max_length=60)
    on = models.DateField(_("business date"))
    days = models.PositiveSmallIntegerField(_("trading days"))
    amounts = models.JSONField(_("each day"))
    left_out = models.JSONField(_("days left out"), default=list)
    average = models.DecimalField(_("average"), **YUAN)
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("frozen average")
        verbose_name_plural = _("frozen averages")
        constraints = [
            models.CheckConstraint(condition=Q(days__gte=1), name="an_average_is_over_days"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="asset_evidence_is_kept", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.on}"
