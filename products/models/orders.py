"""Orders for public funds, what their customers hold, and how much of a quota is taken."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.models import OrgUnit
from brokerage.core import clock
from brokerage.core.models import Referenced
from brokerage.core.money import QUANTITY, YUAN
from brokerage.core.states import Stateful, StateTable
from brokerage.customers.models import Customer
from products.models.products import Product
from products.models.terms import Terms
from products.states import DONE, HIDDEN, OPEN, ORDER_TRANSITIONS, OrderStatus, Side
from suitability.models import MatchRecord

BUYS, SELLS = Q(side=Side.SUBSCRIBE), Q(side=Side.REDEEM)


BELONGS = """
                    IF (SELECT kind FROM branches_orgunit WHERE id = NEW.company_id)
                        IS DISTINCT FROM 'branch_company' THEN
                        RAISE EXCEPTION '{noun} belongs to a branch company'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """


def of_a_branch_company(noun: str) -> pgtrigger.Trigger:
    """A trigger that keeps `company` a branch company: outlets serve, branch companies sell.

    Args:
        noun: of the row, with its article and underscores, such as "an_order".
    """
    return pgtrigger.Trigger(
        name=f"{noun}_belongs_to_a_branch_company",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=BELONGS.replace("{noun}", noun.replace("_", " ")),
    )


def only_what_lapsed_is_revoked(noun: str) -> models.CheckConstraint:
    """Money of a lapsed row is known to be taken only once its request was withdrawn.

    Args:
        noun: of the row, with its article and underscores, such as "an_order".
    """
    return models.CheckConstraint(
        condition=(~Q(status="lapsed") & Q(revoked_at=None))
        | (Q(status="lapsed") & (Q(paid_at=None) | Q(revoked_at__isnull=False))),
        name=f"only_{noun}_that_lapsed_is_revoked",
    )


class Quota(models.Model):
    """How much of the quota of some terms is taken; locked by everybody who takes of it."""

    terms = models.OneToOneField(Terms, models.PROTECT, related_name="counted")
    total = models.DecimalField(_("quota in yuan"), **YUAN)
    taken = models.DecimalField(_("taken in yuan"), **YUAN, default=0)

    objects: ClassVar[models.Manager[Quota]] = models.Manager()

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__gte=0, taken__lte=F("total")),
                name="no_more_than_the_quota_is_taken",
            )
        ]

    def __str__(self) -> str:
        return f"{self.taken} / {self.total}"


class OrderQuerySet(models.QuerySet["Order"]):
    def of(self, customer: Customer) -> Self:
        """Orders of one customer, the newest first."""
        return self.filter(customer=customer).order_by("-placed_at", "-pk")

    def open(self) -> Self:
        """On their way: neither confirmed nor ended otherwise."""
        return self.filter(status__in=OPEN)

    def to_carry_on(self, at: datetime) -> Self:
        """To be paid, or ready for the registrar because their dealing day has closed by `at`.

        Of a private fund what is paid binds already and is ready at once.
        """
        local = at.astimezone(clock.SHANGHAI)
        closed = Q(dealing_day__lt=local.date()) | Q(
            dealing_day=local.date(), terms__cut_off__lte=local.time()
        )
        binding = Q(product__family__in=sorted(HIDDEN))
        buys = Q(status=OrderStatus.PLACED) | (Q(status=OrderStatus.PAID) & (closed | binding))
        return self.filter((BUYS & buys) | (SELLS & closed & Q(status=OrderStatus.PLACED)))


class Order(Referenced, Stateful):
    """One order for a fund, public or private. It belongs to a branch company; the outlet served.

    Life of a purchase: placed → paid → sent → confirmed, in part or whole, or rejected. A sale
    is sent without a payment. A payment that nobody answers in time ends it (lapsed); money that
    turns out to be taken later is paid back. What is placed or paid can be taken back before its
    dealing day closes. What was not invested is paid back; the figures of an ended order add up by
    constraint. A repeated `key` of a customer is the same order. Of a private fund it begins paid,
    by a contract that binds (`PrivateContract.order`), and is not taken back any more.
    """

    TRANSITIONS: ClassVar[StateTable] = ORDER_TRANSITIONS

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="orders", verbose_name=_("customer")
    )
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="orders", verbose_name=_("product")
    )
    terms = models.ForeignKey(
        Terms,
        models.PROTECT,
        related_name="orders",
        verbose_name=pgettext_lazy("product", "terms of sale"),
    )
    company = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="+", verbose_name=_("branch company")
    )
    outlet = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("outlet that serves"),
    )
    decision = models.ForeignKey(
        MatchRecord,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("matching decision"),
    )
    key = models.UUIDField(editable=False)
    side = models.CharField(pgettext_lazy("trade", "side"), max_length=9, choices=Side.choices)
    status = models.CharField(
        _("status"), max_length=9, choices=OrderStatus.choices, default=OrderStatus.PLACED
    )
    amount = models.DecimalField(_("amount in yuan"), **YUAN, null=True, blank=True)
    units = models.DecimalField(pgettext_lazy("fund", "units"), **QUANTITY, null=True, blank=True)
    dealing_day = models.DateField(_("counts for the trading day"))
    placed_at = models.DateTimeField(_("placed at"))
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    confirmed_units = models.DecimalField(_("units confirmed"), **QUANTITY, null=True, blank=True)
    confirmed_value = models.DecimalField(_("value of a unit"), **QUANTITY, null=True, blank=True)
    invested = models.DecimalField(_("invested or proceeds"), **YUAN, null=True, blank=True)
    fee = models.DecimalField(_("fee"), **YUAN, null=True, blank=True)
    refund = models.DecimalField(_("paid back"), **YUAN, null=True, blank=True)
    refunded_at = models.DateTimeField(_("paid back at"), null=True, blank=True)
    revoked_at = models.DateTimeField(
        _("request for the money withdrawn at"), null=True, blank=True
    )
    reason = models.CharField(_("reason"), max_length=40, blank=True)

    objects: ClassVar[OrderQuerySet] = OrderQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its methods

    class Meta:
        verbose_name = pgettext_lazy("product", "order")
        verbose_name_plural = pgettext_lazy("products", "orders")
        indexes = [
            models.Index(fields=["customer", "-placed_at"], name="orders_of_a_customer"),
            models.Index(
                fields=["dealing_day"],
                condition=Q(status__in=[each.value for each in OPEN]),
                name="open_orders_by_day",
            ),
            models.Index(
                fields=["id"],
                condition=Q(refund__gt=0, refunded_at=None),
                name="orders_to_be_paid_back",
            ),
            models.Index(
                fields=["id"],
                condition=Q(status=OrderStatus.LAPSED, revoked_at=None),
                name="orders_to_be_revoked",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["customer", "key"], name="an_order_is_placed_once"),
            models.CheckConstraint(
                condition=(BUYS & Q(amount__gt=0, units=None, decision__isnull=False))
                | (SELLS & Q(units__gt=0, amount=None)),
                name="an_order_buys_for_an_amount_or_sells_units",
            ),
            models.CheckConstraint(
                condition=Q(status__in=OrderStatus.values), name="an_order_has_a_known_status"
            ),
            models.CheckConstraint(
                condition=SELLS
                | Q(paid_at__isnull=False)
                | Q(status__in=["placed", "unpaid", "lapsed", "cancelled"]),
                name="nothing_is_bought_before_it_is_paid",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[each.value for each in OPEN], ended_at=None)
                | (~Q(status__in=[each.value for each in OPEN]) & Q(ended_at__isnull=False)),
                name="an_order_that_ended_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[each.value for each in DONE])
                | Q(
                    confirmed_units__isnull=False,
                    confirmed_value__gt=0,
                    invested__gte=0,
                    fee__gte=0,
                ),
                name="a_confirmed_order_has_its_figures",
            ),
            models.CheckConstraint(
                condition=SELLS
                | Q(paid_at=None)
                | Q(ended_at=None)
                | Q(amount=F("invested") + F("fee") + F("refund")),
                name="what_was_paid_is_invested_fee_and_refund",
            ),
            only_what_lapsed_is_revoked("an_order"),
        ]
        triggers = [
            of_a_branch_company("an_order"),
            pgtrigger.Protect(name="orders_are_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.short_ref}"


class Confirmation(models.Model):
    """What the registrar told of an order, by its own number: told twice, counted once."""

    order = models.OneToOneField(Order, models.PROTECT, related_name="confirmation")
    number = models.CharField(_("number of the registrar"), max_length=40, unique=True)
    told_at = models.DateTimeField(_("told at"))

    objects: ClassVar[models.Manager[Confirmation]] = models.Manager()

    class Meta:
        verbose_name = _("confirmation of the registrar")
        verbose_name_plural = _("confirmations of the registrar")

    def __str__(self) -> str:
        return self.number


class Holding(models.Model):
    """Units of one fund that a customer has; `reserved` of them wait in orders to sell."""

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="fund_holdings", verbose_name=_("customer")
    )
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="holdings", verbose_name=_("product")
    )
    units = models.DecimalField(pgettext_lazy("fund", "units"), **QUANTITY, default=0)
    reserved = models.DecimalField(_("in orders to sell"), **QUANTITY, default=0)

    objects: ClassVar[models.Manager[Holding]] = models.Manager()

    class Meta:
        verbose_name = _("holding of a fund")
        verbose_name_plural = _("holdings of funds")
        constraints = [
            models.UniqueConstraint(fields=["customer", "product"], name="one_holding_of_a_fund"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0, units__gte=F("reserved")),
                name="no_more_is_sold_than_is_held",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.units}"
