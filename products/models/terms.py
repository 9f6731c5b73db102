"""On which terms a product is sold, from one day until the day before another."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from branches.models import OrgUnit
from branches.models.dated import Dated, DatedQuerySet, days
from brokerage.core import clock
from brokerage.core.four_eyes import (
    Decision,
    FourEyed,
    FourEyedQuerySet,
    FourEyesRefused,
    decided_rows_stay,
)
from brokerage.core.locking import lock_row
from brokerage.core.models import Referenced
from brokerage.core.money import YUAN
from products.models.issuers import Vetting
from products.models.products import Product
from products.rules.costs import Fees, read_fees
from products.states import Channel
from suitability.models import ItemGrade

CLOSE = time(15, 0)
"""Orders until the close of the exchanges count for the day [M]; each terms may say earlier."""


class TermsQuerySet(DatedQuerySet, FourEyedQuerySet[Any]):  # type: ignore[override]  # as_manager() gives another class
    """Terms by date and decision."""


class Terms(Referenced, FourEyed, Dated):
    """A product's publication: sale period, minimum, quota, channels and fees in one signed row.

    Life: proposed → approved or rejected by a second person. Approved terms of one product never
    overlap; new ones end those before. What an order was placed on never changes.
    """

    product = models.ForeignKey(
        Product, models.PROTECT, related_name="terms", verbose_name=_("product")
    )
    minimum = models.DecimalField(_("least amount in yuan"), **YUAN)
    step = models.DecimalField(_("amounts go up by, in yuan"), **YUAN)
    quota = models.DecimalField(
        _("quota in yuan"), **YUAN, null=True, blank=True, help_text=_("Empty: no limit.")
    )
    most_held = models.DecimalField(
        _("most that one customer may have, in yuan"),
        **YUAN,
        null=True,
        blank=True,
        help_text=_("What is held and what is ordered together. Empty: no limit."),
    )
    channels = ArrayField(
        models.CharField(max_length=8, choices=Channel.choices),
        verbose_name=_("where it may be bought"),
    )
    unit = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("only at this unit and below"),
        help_text=_("Empty: at every outlet."),
    )
    cut_off = models.TimeField(
        _("orders count for the day until"), default=CLOSE, help_text=_("Not included.")
    )
    fees = models.JSONField(pgettext_lazy("product", "fees"))
    arrival_days = models.PositiveSmallIntegerField(
        _("trading days until the proceeds of a sale arrive"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(60)],
        help_text=_("After the day that the sale counts for. Empty: customers are told no day."),
    )
    change_reason = models.CharField(_("why"), max_length=300)

    objects: ClassVar[Any] = TermsQuerySet.as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = pgettext_lazy("product", "terms of sale")
        verbose_name_plural = pgettext_lazy("products", "terms of sale")
        triggers = [decided_rows_stay(but_shorten="valid_to")]
        constraints = [
            *FourEyed.Meta.constraints,
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(minimum__gt=0, step__gt=0),
                name="least_amount_and_step_are_positive",
                violation_error_message=_("Least amount and step are more than zero."),
            ),
            models.CheckConstraint(
                condition=Q(quota__isnull=True) | Q(quota__gte=F("minimum")),
                name="a_quota_takes_one_order_at_least",
                violation_error_message=_("The quota is less than the least amount."),
            ),
            models.CheckConstraint(
                condition=Q(most_held__isnull=True) | Q(most_held__gte=F("minimum")),
                name="one_customer_may_have_the_least_amount",
                violation_error_message=_("One customer could not even order the least amount."),
            ),
            models.CheckConstraint(
                condition=Q(channels__len__gt=0, channels__contained_by=Channel.values),
                name="terms_name_known_channels",
                violation_error_message=_("Say where it may be bought."),
            ),
            models.CheckConstraint(condition=~Q(change_reason=""), name="terms_say_why"),
            ExclusionConstraint(
                name="one_terms_of_a_product_at_a_time",
                expressions=[("product", RangeOperators.EQUAL), (days(), RangeOperators.OVERLAPS)],
                condition=Q(decision=Decision.APPROVED),
                violation_error_message=_("Other approved terms cover some of these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.valid_from}"

    @property
    def table(self) -> Fees:
        """The fees as rules read them."""
        return read_fees(self.fees)

    @property
    def channel_labels(self) -> list[str]:
        """Where it may be bought, in words."""
        return [str(Channel(each).label) for each in self.channels]

    def approving(self, at: datetime) -> None:
        """End the terms before these.

        Raises:
            FourEyesRefused: without a vetted issuer or a grade on the first day, or where the
                terms would reach into days that orders rest on already.
        """
        product = lock_row(Product, self.product_id)
        vetted = Vetting.objects.approved().on(self.valid_from).filter(issuer=product.issuer_id)
        if not vetted.exists():
            raise FourEyesRefused(gettext("The issuer is not vetted on the first day."))
        if not ItemGrade.objects.in_force(self.valid_from).filter(item=product.item_id).exists():
            raise FourEyesRefused(gettext("The product has no grade of risk on the first day."))
        rows = type(self).objects.approved().overlapping(self.valid_from, self.valid_to)
        met = list(rows.filter(product=product))
        if len(met) > 1 or any(row.valid_from >= self.valid_from for row in met):
            raise FourEyesRefused(gettext("Other approved terms cover some of these days."))
        if met and self.valid_from <= clock.business_date(at):
            raise FourEyesRefused(gettext("Terms in force can change from tomorrow on."))
        for row in met:
            row.valid_to = self.valid_from
            row.save(update_fields=["valid_to"])
