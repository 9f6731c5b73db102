"""What is sold at outlets only: the customer's release to an outlet, and what it took down."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.counter.states import LIVE, ReleaseStatus
from accounts.models.codes import SignedByCode
from accounts.models.releases import (
    ENDED_SAYS_WHEN_AND_WHY,
    HAS_CODE_WHILE_OFFERED,
    OPENED_BY_SOMEBODY_SOMEWHERE,
    USED_BY_SOMEBODY,
    OutletRelease,
)
from brokerage.core.models import Referenced
from brokerage.core.money import YUAN
from brokerage.core.states import Stateful, StateTable
from brokerage.customers.models import Customer
from products.counter_states import COUNTER_TRANSITIONS, CounterStatus
from products.models.books import Bid, Book
from products.models.orders import Order
from products.models.products import Product
from suitability.models import MatchRecord


class SaleReleaseQuerySet(models.QuerySet["SaleRelease"]):
    def live(self, at: datetime) -> Self:
        """Offered or in use, and not run out at the instant `at`."""
        return self.filter(status__in=LIVE, until__gt=at)

    def opened_by(self, user: Any, at: datetime) -> Self:
        """What customers opened to this member of staff, and still do at the instant `at`."""
        return self.live(at).filter(helper=user, status=ReleaseStatus.IN_USE)


class SaleRelease(OutletRelease):
    """One outlet may take down an order or a bid for one product of one customer.

    Life as that of `accounts.CaseRelease`. It shows who the customer is, masked, the product and
    whether it suits; nothing of what they hold or have.
    """

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="sale_releases", verbose_name=_("customer")
    )
    # Repeats the customer's log-in, so that a constraint can keep staff from serving themselves.
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("sale release", "the customer's log-in"),
    )
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="+", verbose_name=_("product")
    )

    objects: ClassVar[SaleReleaseQuerySet] = SaleReleaseQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its methods

    class Meta:
        verbose_name = _("release of a purchase to an outlet")
        verbose_name_plural = _("releases of purchases to outlets")
        indexes = [
            models.Index(
                fields=["until"], condition=Q(status__in=LIVE), name="sale_releases_that_end"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "product"],
                condition=Q(status__in=LIVE),
                name="one_live_release_of_a_purchase",
            ),
            models.UniqueConstraint(
                fields=["code_hash"],
                condition=~Q(code_hash=""),
                name="a_sale_release_code_leads_once",
            ),
            models.CheckConstraint(
                condition=HAS_CODE_WHILE_OFFERED, name="only_an_offered_sale_release_has_a_code"
            ),
            models.CheckConstraint(
                condition=OPENED_BY_SOMEBODY_SOMEWHERE,
                name="an_opened_sale_release_has_its_helper",
            ),
            models.CheckConstraint(
                condition=USED_BY_SOMEBODY, name="somebody_uses_a_sale_release_in_use"
            ),
            models.CheckConstraint(
                condition=ENDED_SAYS_WHEN_AND_WHY, name="an_ended_sale_release_says_why"
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("offered_at")),
                name="a_sale_release_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(helper=None) | ~Q(helper=F("applicant")),
                name="nobody_sells_to_themselves",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.short_ref}"


class CounterOrder(Referenced, Stateful, SignedByCode):
    """An order that an outlet typed for its customer, who says yes or no on their own phone.

    For a fund it says the dealing day, for a bid the `book`: one of them, by constraint.

    Life: proposed, with what the customer is shown (amount, day or book, match) → ordered with
    the code of an SMS, and only then there is an `Order` or a `Bid`, with the ref of this row as
    its key; or refused, taken back by the outlet to be typed anew, or lapsed when the release
    ended.
    """

    TRANSITIONS: ClassVar[StateTable] = COUNTER_TRANSITIONS

    release = models.ForeignKey(
        SaleRelease,
        models.PROTECT,
        related_name="proposals",
        verbose_name=_("release of a purchase to an outlet"),
    )
    decision = models.ForeignKey(
        MatchRecord, models.PROTECT, related_name="+", verbose_name=_("matching decision")
    )
    amount = models.DecimalField(_("amount in yuan"), **YUAN)
    dealing_day = models.DateField(_("counts for the trading day"), null=True, blank=True)
    book = models.ForeignKey(
        Book,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("subscription book"),
    )
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    status = models.CharField(
        _("status"),
        max_length=9,
        choices=CounterStatus.choices,
        default=CounterStatus.PROPOSED,
    )
    proposed_at = models.DateTimeField(pgettext_lazy("counter order", "taken down at"))
    ended_at = models.DateTimeField(
        pgettext_lazy("counter order", "decided at"), null=True, blank=True
    )
    order = models.OneToOneField(
        Order,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="counter",
        verbose_name=pgettext_lazy("product", "order"),
    )
    bid = models.OneToOneField(
        Bid,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="counter",
        verbose_name=_("bid"),
    )

    objects: ClassVar[models.Manager[CounterOrder]] = models.Manager()

    class Meta:
        verbose_name = _("order taken down at an outlet")
        verbose_name_plural = _("orders taken down at outlets")
        constraints = [
            models.UniqueConstraint(
                fields=["release"],
                condition=Q(status__in=[CounterStatus.PROPOSED, CounterStatus.ORDERED]),
                name="one_order_of_a_sale_release_waits",
            ),
            models.CheckConstraint(
                condition=Q(status__in=CounterStatus.values, amount__gt=0),
                name="a_counter_order_has_a_known_status",
            ),
            models.CheckConstraint(
                condition=Q(status=CounterStatus.PROPOSED, ended_at=None)
                | (~Q(status=CounterStatus.PROPOSED) & Q(ended_at__isnull=False)),
                name="a_counter_order_that_ended_says_when",
            ),
            models.CheckConstraint(
                condition=Q(dealing_day__isnull=False, book=None, bid=None)
                | Q(dealing_day=None, book__isnull=False, order=None),
                name="a_counter_order_says_its_day_or_its_book",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status=CounterStatus.ORDERED)
                    & (Q(order__isnull=False) | Q(bid__isnull=False))
                )
                | (~Q(status=CounterStatus.ORDERED) & Q(order=None, bid=None)),
                name="only_a_confirmed_counter_order_has_an_order",
            ),
        ]
        triggers = [pgtrigger.Protect(name="counter_orders_are_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.short_ref}"

    @property
    def made(self) -> Order | Bid | None:
        """What came of it once the customer said yes."""
        return self.order or self.bid
