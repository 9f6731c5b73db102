"""Subscription books: a product offered for some days, bid for, and shared out by a known rule."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from branches.models import OrgUnit
from brokerage.core.four_eyes import (
    Decision,
    FourEyed,
    FourEyedQuerySet,
    FourEyesRefused,
    decided_rows_stay,
)
from brokerage.core.models import Referenced
from brokerage.core.money import YUAN
from brokerage.core.states import Stateful, StateTable
from brokerage.customers.models import Customer
from products.models.orders import of_a_branch_company, only_what_lapsed_is_revoked
from products.models.products import Product
from products.models.terms import Terms
from products.states import BID_TRANSITIONS, IN_BOOK, SHARED_OUT, Allocation, BidStatus
from suitability.models import MatchRecord


class BookQuerySet(FourEyedQuerySet["Book"]):
    def open(self, at: datetime) -> Self:
        """Published, not called off, and bids are taken at `at`."""
        ended = Closing.objects.approved().filter(book=OuterRef("pk"))
        rows = self.approved().filter(opens_at__lte=at, closes_at__gt=at)
        return rows.filter(~Exists(ended))


class Book(Referenced, FourEyed):
    """A product offered for a time; it belongs to a branch company.

    Life: proposed → published or rejected by a second person → closes by itself at `closes_at` →
    shared out once a `Closing` is approved, or called off by one, and then all money goes back.
    How it is shared out, and by which version of the rule, is signed with it: by constraint before
    it closes, and nothing of it changes afterwards.
    """

    product = models.ForeignKey(
        Product, models.PROTECT, related_name="books", verbose_name=_("product")
    )
    company = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="+", verbose_name=_("branch company")
    )
    target = models.DecimalField(_("amount to be placed, in yuan"), **YUAN)
    least = models.DecimalField(
        _("least sum to be placed, in yuan"),
        **YUAN,
        null=True,
        blank=True,
        help_text=_("With less the book can only be called off. Empty: any sum will do."),
    )
    minimum = models.DecimalField(_("least amount in yuan"), **YUAN)
    step = models.DecimalField(_("amounts go up by, in yuan"), **YUAN)
    opens_at = models.DateTimeField(_("bids from"))
    closes_at = models.DateTimeField(_("bids until"), help_text=_("Not included."))
    allocation = models.CharField(
        _("how it is shared out"), max_length=8, choices=Allocation.choices
    )
    rule_version = models.CharField(_("version of the rules"), max_length=100, editable=False)

    objects: ClassVar[BookQuerySet] = BookQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its methods

    class Meta(FourEyed.Meta):
        verbose_name = _("subscription book")
        verbose_name_plural = _("subscription books")
        indexes = [models.Index(fields=["product", "-closes_at"], name="books_of_a_product")]
        constraints = [
            *FourEyed.Meta.constraints,
            models.CheckConstraint(
                condition=Q(target__gte=F("minimum"), minimum__gte=F("step"), step__gt=0),
                name="a_book_takes_one_bid_at_least",
                violation_error_message=_("Step, least amount and target grow in this order."),
            ),
            models.CheckConstraint(
                condition=Q(least=None) | Q(least__gt=0, least__lte=F("target")),
                name="a_book_can_reach_its_least_sum",
                violation_error_message=_("The least sum is more than the amount to be placed."),
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="a_book_closes_after_it_opens",
                violation_error_message=_("It closes after it opens."),
            ),
            models.CheckConstraint(
                condition=Q(allocation__in=Allocation.values) & ~Q(rule_version=""),
                name="a_book_says_how_it_is_shared_out",
            ),
            models.CheckConstraint(
                condition=~Q(decision=Decision.APPROVED) | Q(checked_at__lt=F("closes_at")),
                name="the_rule_is_published_before_the_book_closes",
            ),
        ]
        triggers = [decided_rows_stay(), of_a_branch_company("a_book")]

    def __str__(self) -> str:
        return str(self.product)

    def approving(self, at: datetime) -> None:
        """Refuse what would be published too late.

        Raises:
            FourEyesRefused: its time is over.
        """
        if at >= self.closes_at:
            raise FourEyesRefused(gettext("Its time is over: nobody could bid any more."))


class BookCount(models.Model):
    """How much stands in a book now; locked by everybody who bids or shares out.

    `reserved` of the quota of `terms` belong to the book: its target when it is published, what
    was allotted once it has ended. Without terms that have a quota nothing is reserved.
    """

    book = models.OneToOneField(Book, models.PROTECT, related_name="counted")
    taken = models.DecimalField(_("bids in yuan"), **YUAN, default=0)
    terms = models.ForeignKey(
        Terms,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("product", "terms of sale"),
    )
    reserved = models.DecimalField(_("reserved of the quota, in yuan"), **YUAN, default=0)

    objects: ClassVar[models.Manager[BookCount]] = models.Manager()

    class Meta:
        verbose_name = _("sum of bids")
        verbose_name_plural = _("sums of bids")
        constraints = [
            models.CheckConstraint(condition=Q(taken__gte=0), name="bids_are_not_negative"),
            models.CheckConstraint(
                condition=Q(reserved=0) | Q(reserved__gt=0, terms__isnull=False),
                name="a_book_reserves_of_a_quota",
            ),
        ]

    def __str__(self) -> str:
        return str(self.taken)


class Closing(Referenced, FourEyed):
    """The wish to end a book; a second person looks at the figures and agrees.

    Either it is shared out, or it is called off with a reason (`calls_off`), also before its time
    is over, and all that was paid goes back. Never both: it ends once, by constraint.
    """

    book = models.ForeignKey(
        Book, models.PROTECT, related_name="closings", verbose_name=_("subscription book")
    )
    bids = models.PositiveIntegerField(_("number of bids"))
    demand = models.DecimalField(_("bids in yuan"), **YUAN)
    calls_off = models.BooleanField(_("called off: all money goes back"), default=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects: ClassVar[Any] = FourEyedQuerySet["Closing"].as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = _("closing of a book")
        verbose_name_plural = _("closings of books")
        constraints = [
            *FourEyed.Meta.constraints,
            models.UniqueConstraint(
                fields=["book"],
                condition=~Q(decision=Decision.REJECTED),
                name="a_book_is_closed_once",
                violation_error_message=_("Somebody has asked for this already."),
            ),
            models.CheckConstraint(
                condition=Q(calls_off=False, reason="") | (Q(calls_off=True) & ~Q(reason="")),
                name="who_calls_a_book_off_says_why",
            ),
        ]
        triggers = [decided_rows_stay()]

    def __str__(self) -> str:
        return str(self.book)


class BidQuerySet(models.QuerySet["Bid"]):
    def of(self, customer: Customer) -> Self:
        """Bids of one customer, the newest first."""
        return self.filter(customer=customer).order_by("-placed_at", "-pk")

    def in_turn(self) -> Self:
        """Bids that count when a book is shared out, the earliest first."""
        counting = (BidStatus.PAID, *SHARED_OUT)
        return self.filter(status__in=counting).order_by("placed_at", "pk")


class Bid(Referenced, Stateful):
    """One customer's bid in a book.

    Life: placed → paid, or ended unpaid, or lapsed while nobody answers about the money → taken
    back before the book closes, or allotted in full, in part or not at all, or returned because
    the book was called off. Paid = allotted + paid back, by constraint. What goes beyond the
    limit of one customer (`most`, found when the closing is agreed to) is not allotted. A
    repeated `key` of a customer is the same bid. Not for what follows: units come from the
    registrar.
    """

    TRANSITIONS: ClassVar[StateTable] = BID_TRANSITIONS

    book = models.ForeignKey(
        Book, models.PROTECT, related_name="bids", verbose_name=_("subscription book")
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="bids", verbose_name=_("customer")
    )
    outlet = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="+", verbose_name=_("outlet that serves")
    )
    decision = models.ForeignKey(
        MatchRecord, models.PROTECT, related_name="bids", verbose_name=_("matching decision")
    )
    key = models.UUIDField(editable=False)
    amount = models.DecimalField(_("amount in yuan"), **YUAN)
    status = models.CharField(
        _("status"), max_length=9, choices=BidStatus.choices, default=BidStatus.PLACED
    )
    placed_at = models.DateTimeField(_("placed at"))
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    most = models.DecimalField(
        _("counts at most, in yuan"),
        **YUAN,
        null=True,
        blank=True,
        help_text=_("The customer may have no more of the product. Empty: the whole bid counts."),
    )
    allotted = models.DecimalField(_("allotted in yuan"), **YUAN, null=True, blank=True)
    refund = models.DecimalField(_("paid back"), **YUAN, null=True, blank=True)
    refunded_at = models.DateTimeField(_("paid back at"), null=True, blank=True)
    revoked_at = models.DateTimeField(
        _("request for the money withdrawn at"), null=True, blank=True
    )

    objects: ClassVar[BidQuerySet] = BidQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its methods

    class Meta:
        verbose_name = _("bid")
        verbose_name_plural = _("bids")
        indexes = [
            models.Index(fields=["customer", "-placed_at"], name="bids_of_a_customer"),
            models.Index(fields=["book", "placed_at"], name="bids_of_a_book"),
            models.Index(
                fields=["id"], condition=Q(status=BidStatus.PLACED), name="bids_to_be_paid"
            ),
            models.Index(
                fields=["id"],
                condition=Q(refund__gt=0, refunded_at=None),
                name="bids_to_be_paid_back",
            ),
            models.Index(
                fields=["id"],
                condition=Q(status=BidStatus.LAPSED, revoked_at=None),
                name="bids_to_be_revoked",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["customer", "key"], name="a_bid_is_placed_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, status__in=BidStatus.values),
                name="a_bid_has_amount_and_status",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["placed", "unpaid"], paid_at=None)
                | Q(status="lapsed")
                | (~Q(status__in=["placed", "unpaid", "lapsed"]) & Q(paid_at__isnull=False)),
                name="what_counts_in_a_book_is_paid",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[each.value for each in IN_BOOK], ended_at=None)
                | (~Q(status__in=[each.value for each in IN_BOOK]) & Q(ended_at__isnull=False)),
                name="a_bid_that_ended_says_when",
            ),
            models.CheckConstraint(
                condition=Q(paid_at=None)
                | Q(ended_at=None)
                | Q(allotted__gte=0, refund__gte=0, amount=F("allotted") + F("refund")),
                name="what_was_bid_is_allotted_or_paid_back",
            ),
            models.CheckConstraint(
                condition=~Q(status="returned") | Q(refund=F("amount")),
                name="what_was_called_off_goes_back_whole",
            ),
            models.CheckConstraint(
                condition=Q(most=None)
                | (Q(most__gte=0) & (Q(allotted=None) | Q(allotted__lte=F("most")))),
                name="no_more_is_allotted_than_a_customer_may_have",
            ),
            only_what_lapsed_is_revoked("a_bid"),
        ]
        triggers = [pgtrigger.Protect(name="bids_are_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.short_ref
