"""Funds that a customer means to buy together: what is in the basket and what they were told."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.models import Referenced
from brokerage.core.money import YUAN
from brokerage.core.states import Stateful, StateTable
from brokerage.customers.models import Customer
from products.basket_states import BASKET_TRANSITIONS, BasketStatus
from products.models.orders import Order
from products.models.products import Product
from products.models.terms import Terms
from suitability.models import MatchRecord

MOST = Decimal("1000000000.00")
"""Yuan of one amount that a customer types; a limit against slips of the finger, not a rule."""


class Basket(Referenced, Stateful):
    """One customer's funds that wait to be ordered together.

    Life: opened with the first fund → ordered, once what it held has become orders, or emptied
    without one. What could not be ordered stays in it, and the basket stays open. It holds no
    money, quota or price. Every change locks its customer's row, as placing an order does, and
    counts `version` up, so that a second device notices.
    """

    TRANSITIONS: ClassVar[StateTable] = BASKET_TRANSITIONS

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="baskets", verbose_name=_("customer")
    )
    status = models.CharField(
        _("status"), max_length=7, choices=BasketStatus.choices, default=BasketStatus.OPEN
    )
    version = models.PositiveIntegerField(_("version"), default=0)
    opened_at = models.DateTimeField(pgettext_lazy("basket", "opened at"))
    changed_at = models.DateTimeField(pgettext_lazy("basket", "changed at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects: ClassVar[models.Manager[Basket]] = models.Manager()

    class Meta:
        verbose_name = pgettext_lazy("products", "basket")
        verbose_name_plural = pgettext_lazy("products", "baskets")
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(status=BasketStatus.OPEN),
                name="one_open_basket_of_a_customer",
            ),
            models.CheckConstraint(
                condition=Q(status=BasketStatus.OPEN, ended_at=None)
                | Q(
                    status__in=[BasketStatus.ORDERED, BasketStatus.EMPTIED],
                    ended_at__isnull=False,
                ),
                name="a_basket_that_ended_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.short_ref}"


class BasketItemQuerySet(models.QuerySet["BasketItem"]):
    def of(self, customer: Customer) -> Self:
        """Whatever this customer ever put in a basket and did not take out again."""
        return self.filter(basket__customer=customer)

    def waiting(self) -> Self:
        """In an open basket and not ordered, in the order they were put in."""
        return self.filter(basket__status=BasketStatus.OPEN, order=None).order_by("pk")


class BasketItem(Referenced):
    """A fund in a basket, for an amount.

    `decision` and `terms` are what the customer was told last: where match, grade or terms of
    today are others, they are shown and agreed to again before it can be ordered. Its ref is the
    key of its order, so it becomes one order at most, however often and from wherever it is sent.
    """

    basket = models.ForeignKey(
        Basket, models.PROTECT, related_name="items", verbose_name=_("basket")
    )
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="+", verbose_name=_("product")
    )
    amount = models.DecimalField(_("amount in yuan"), **YUAN)
    decision = models.ForeignKey(
        MatchRecord, models.PROTECT, related_name="+", verbose_name=_("matching decision")
    )
    terms = models.ForeignKey(
        Terms,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("product", "terms of sale"),
    )
    put_in_at = models.DateTimeField(pgettext_lazy("basket", "put in at"))
    order = models.OneToOneField(
        Order,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="basket_item",
        verbose_name=pgettext_lazy("product", "order"),
    )

    objects: ClassVar[BasketItemQuerySet] = BasketItemQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its methods

    class Meta:
        verbose_name = pgettext_lazy("products", "fund in a basket")
        verbose_name_plural = pgettext_lazy("products", "funds in baskets")
        constraints = [
            models.UniqueConstraint(
                fields=["basket", "product"],
                condition=Q(order=None),
                name="a_fund_waits_in_a_basket_once",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=MOST),
                name="a_fund_in_a_basket_has_an_amount",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="ordered_basket_items_are_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__order__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.short_ref}"
