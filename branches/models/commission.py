"""The commission grid: what the network charges, where, for whom and until when."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from branches.commission.quoting import Item, Terms
from branches.commission.terms import Business, Market, Product
from branches.models.dated import Dated, DatedQuerySet, days
from branches.models.tree import OrgUnit
from brokerage.core import money
from brokerage.core.four_eyes import (
    Decision,
    FourEyed,
    FourEyedQuerySet,
    FourEyesRefused,
    decided_rows_stay,
)
from brokerage.core.models import Referenced
from brokerage.customers.models import Customer

NO_CUSTOMER = 0  # stands for "the grid itself" in the exclusion constraint


class CommissionRateQuerySet(DatedQuerySet, FourEyedQuerySet[Any]):  # type: ignore[override]  # as_manager() gives another class
    def grid(self) -> Self:
        """Rates for everybody at a unit and below it."""
        return self.filter(customer=None)

    def exceptions(self) -> Self:
        """Rates of single customers."""
        return self.filter(customer__isnull=False)

    def cell(self, market: str, product: str, business: str) -> Self:
        """Rates of one market, product and kind of account."""
        return self.filter(market=market, product=product, business=business)


class CommissionRate(Referenced, FourEyed, Dated):
    """A rate of one unit, for everybody or for one customer, between two days.

    Head office's rates hold for the whole network; a branch company or an outlet may go lower
    within its authority, and a customer's own rate goes before all of them and always ends.
    Life: proposed → a second person with the authority for this rate releases or rejects it.

    Not for: fees of the exchange, the state and others (dated rules `commission.fees`).
    """

    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="commission_rates", verbose_name=_("unit")
    )
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        related_name="commission_rates",
        null=True,
        blank=True,
        verbose_name=_("customer"),
        help_text=_("Empty: for everybody at this unit."),
    )
    market = models.CharField(_("market"), max_length=2, choices=Market)
    product = models.CharField(_("traded"), max_length=12, choices=Product)
    business = models.CharField(
        _("account"), max_length=10, choices=Business, default=Business.ORDINARY
    )
    rate = models.DecimalField(
        _("rate"),
        **money.RATE,
        null=True,
        blank=True,
        help_text=_("Share of the amount traded, such as 0.00025 for 0.025%."),
    )
    per_contract = models.DecimalField(
        _("yuan for each contract"), **money.YUAN, null=True, blank=True
    )
    minimum = models.DecimalField(
        _("least commission of a trade in yuan"), **money.YUAN, default=Decimal("5.00")
    )
    includes_handling = models.BooleanField(_("contains the exchange's fee"), default=True)
    includes_regulatory = models.BooleanField(_("contains the regulator's fee"), default=True)
    includes_transfer = models.BooleanField(_("contains the transfer fee"), default=False)
    reason = models.CharField(
        _("why"), max_length=300, blank=True, help_text=_("Needed for a customer's own rate.")
    )
    source_ref = models.UUIDField(_("campaign"), null=True, blank=True, editable=False)

    objects = CommissionRateQuerySet.as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = _("commission rate")
        verbose_name_plural = _("commission rates")
        triggers = [decided_rows_stay(but_shorten="valid_to")]
        indexes = [
            models.Index(fields=["unit", "market", "product", "business"], name="rates_of_a_unit"),
        ]
        constraints = [
            *FourEyed.Meta.constraints,
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(
                    product=Product.OPTION,
                    rate=None,
                    per_contract__isnull=False,
                    per_contract__gte=0,
                )
                | (
                    ~Q(product=Product.OPTION)
                    & Q(rate__isnull=False, rate__gte=0, per_contract=None)
                ),
                name="options_have_a_price_and_all_else_a_rate",
                violation_error_message=_(
                    "Options have a price for each contract, all else a rate."
                ),
            ),
            models.CheckConstraint(
                condition=Q(rate=None) | Q(rate__lte=Decimal("0.003")),
                name="a_commission_is_no_more_than_the_cap_of_2002",
                violation_error_message=_("A commission is 0.3% at most."),
            ),
            models.CheckConstraint(
                condition=Q(minimum__gte=0, minimum__lte=5),
                name="a_least_commission_is_five_yuan_at_most",
                violation_error_message=_("The least commission is between 0 and 5 yuan."),
            ),
            models.CheckConstraint(
                condition=Q(customer=None) | (Q(valid_to__isnull=False) & ~Q(reason="")),
                name="a_customers_own_rate_ends_and_has_a_reason",
                violation_error_message=_("A customer's own rate needs an end and a reason."),
            ),
            ExclusionConstraint(
                name="one_rate_for_a_unit_or_customer_at_a_time",
                expressions=[
                    ("unit", RangeOperators.EQUAL),
                    (Coalesce("customer", NO_CUSTOMER), RangeOperators.EQUAL),
                    ("market", RangeOperators.EQUAL),
                    ("product", RangeOperators.EQUAL),
                    ("business", RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                condition=Q(decision=Decision.APPROVED),
                violation_error_message=_("Another released rate covers some of these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.get_market_display()} {self.get_product_display()}"

    @property
    def terms(self) -> Terms:
        """The rate as the quote reads it."""
        flags = {
            Item.HANDLING: self.includes_handling,
            Item.REGULATORY: self.includes_regulatory,
            Item.TRANSFER: self.includes_transfer,
        }
        return Terms(
            rate=self.rate,
            per_contract=self.per_contract,
            minimum=self.minimum,
            includes=frozenset(item for item, inside in flags.items() if inside),
        )

    def approving(self, at: datetime) -> None:
        """Close the rate that this one replaces.

        Raises:
            FourEyesRefused: when the days meet a released rate that cannot be closed.
        """
        rows = type(self).objects.approved().overlapping(self.valid_from, self.valid_to)
        met = list(
            rows.cell(self.market, self.product, self.business)
            .filter(unit=self.unit, customer=self.customer)
            .select_for_update()
        )
        if len(met) > 1 or any(row.valid_from >= self.valid_from for row in met):
            raise FourEyesRefused(gettext("Another released rate covers some of these days."))
        for row in met:
            row.valid_to = self.valid_from
            row.save(update_fields=["valid_to"])


class AgreedRate(Referenced):
    """A customer agreed to a rate: what was shown, when, and for what. Only ever added.

    Kept for reports of the net commission over time and for disputes. The latest row of a cell
    is what the customer last agreed to.
    """

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="agreed_rates", verbose_name=_("customer")
    )
    rate = models.ForeignKey(
        CommissionRate, models.PROTECT, related_name="agreements", verbose_name=_("rate")
    )
    agreed_at = models.DateTimeField(_("agreed at"))
    fees_version = models.CharField(_("fees in force"), max_length=100)
    channel = models.CharField(_("channel"), max_length=20)
    subject_type = models.CharField(_("agreed in"), max_length=60, blank=True)
    subject_ref = models.UUIDField(_("reference of what it was agreed in"), null=True, blank=True)

    class Meta:
        verbose_name = _("agreed rate")
        verbose_name_plural = _("agreed rates")
        triggers = [pgtrigger.Protect(name="agreed_rates_stay", operation=pgtrigger.Update)]
        indexes = [models.Index(fields=["customer", "-agreed_at"], name="agreed_by_a_customer")]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "rate", "subject_ref"],
                nulls_distinct=False,
                name="a_rate_is_agreed_once_in_a_matter",
            )
        ]

    def __str__(self) -> str:
        return str(self.rate)
