"""Campaigns of offers: one product to the customers of a unit whom it suits.

Not to be mixed up with the campaigns of institutions (`partners.Campaign`), which are codes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from branches.models import OrgUnit
from brokerage.core import clock
from brokerage.core.four_eyes import (
    FourEyed,
    FourEyedQuerySet,
    FourEyesRefused,
    decided_rows_stay,
)
from brokerage.core.models import Referenced
from brokerage.customers.models import Customer
from brokerage.customers.models.customers import Kind
from brokerage.messaging.models import Message
from products.campaign_states import RunEnd, TargetStatus, Why
from products.models.products import Product
from suitability.models import Assessment
from suitability.models.assessments import Class


class OfferCampaign(Referenced, FourEyed):
    """One product, offered to the customers at home in a unit and below whom it suits.

    Life: counted and proposed → agreed by a second person → sent (`OfferRun`). Who is asked is
    never chosen by hand: everybody of the unit is looked at, and the reasons against are counted.
    """

    name = models.CharField(
        pgettext_lazy("offer campaign", "name"),
        max_length=60,
        help_text=_("For colleagues; customers never read it."),
    )
    unit = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        related_name="+",
        verbose_name=_("customers at home here and below"),
    )
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="campaigns", verbose_name=_("product")
    )
    kind = models.CharField(
        pgettext_lazy("offer campaign", "customers"),
        max_length=12,
        choices=Kind.choices,
        blank=True,
        help_text=_("Empty: persons and organisations."),
    )
    last_day = models.DateField(pgettext_lazy("offer campaign", "sent until, included"))
    preview = models.JSONField(_("counted when it was proposed"), default=dict, editable=False)

    objects: ClassVar[Any] = FourEyedQuerySet["OfferCampaign"].as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = _("campaign of offers")
        verbose_name_plural = _("campaigns of offers")
        constraints = [
            *FourEyed.Meta.constraints,
            models.CheckConstraint(condition=~Q(name=""), name="an_offer_campaign_has_a_name"),
            models.CheckConstraint(
                condition=Q(kind__in=["", *Kind.values]), name="a_campaign_asks_known_customers"
            ),
        ]
        triggers = [decided_rows_stay()]

    def __str__(self) -> str:
        return self.name

    def approving(self, at: datetime) -> None:
        """Refuse what could not be sent any more.

        Raises:
            FourEyesRefused: after its last day, or where the product is not for sale.
        """
        today = clock.business_date(at)
        if today > self.last_day:
            raise FourEyesRefused(gettext("Its last day is over."))
        if not Product.objects.for_sale(today).openly().filter(pk=self.product_id).exists():
            raise FourEyesRefused(gettext("The product is not for sale on the open shelf."))


class OfferRunQuerySet(models.QuerySet["OfferRun"]):
    def under_way(self) -> Self:
        """Those that still send."""
        return self.filter(ended_at=None)


class OfferRun(Referenced):
    """The sending of an agreed campaign: whom it found, and why it ended."""

    campaign = models.OneToOneField(
        OfferCampaign, models.PROTECT, related_name="run", verbose_name=_("campaign of offers")
    )
    asked_at = models.DateTimeField(pgettext_lazy("campaign", "agreed at"))
    begun_at = models.DateTimeField(_("audience found at"), null=True)
    counts = models.JSONField(_("counted when it began"), default=dict)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    end = models.CharField(
        pgettext_lazy("campaign", "why it ended"), max_length=8, choices=RunEnd.choices, blank=True
    )
    stopped_by_ref = models.UUIDField(_("stopped by"), null=True)

    objects: ClassVar[Any] = OfferRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("sending of a campaign")
        verbose_name_plural = _("sendings of campaigns")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, end="")
                | Q(ended_at__gte=F("asked_at"), end__in=RunEnd.values),
                name="an_ended_campaign_says_why",
            ),
            models.CheckConstraint(
                condition=Q(end=RunEnd.STOPPED, stopped_by_ref__isnull=False)
                | (~Q(end=RunEnd.STOPPED) & Q(stopped_by_ref=None)),
                name="a_stopped_campaign_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(begun_at=None) | Q(begun_at__gte=F("asked_at")),
                name="a_campaign_begins_after_it_was_agreed",
            ),
        ]

    def __str__(self) -> str:
        return str(self.campaign)


class OfferTarget(models.Model):
    """One customer of a campaign: waiting, sent once, or held back with the reason of that day."""

    run = models.ForeignKey(
        OfferRun, models.PROTECT, related_name="targets", verbose_name=_("campaign of offers")
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="offer_targets", verbose_name=_("customer")
    )
    status = models.CharField(
        _("status"), max_length=7, choices=TargetStatus.choices, default=TargetStatus.WAITING
    )
    why = models.CharField(_("reason"), max_length=10, choices=Why.choices, blank=True)
    message = models.ForeignKey(
        Message, models.SET_NULL, null=True, related_name="+", verbose_name=_("message")
    )
    done_at = models.DateTimeField(_("done at"), null=True)

    objects: ClassVar[models.Manager[OfferTarget]] = models.Manager()

    class Meta:
        verbose_name = _("customer of a campaign")
        verbose_name_plural = _("customers of a campaign")
        indexes = [
            models.Index(
                fields=["run", "id"], condition=Q(status="waiting"), name="waiting_offer_targets"
            ),
            models.Index(
                fields=["customer", "done_at"],
                condition=Q(status="sent"),
                name="offers_sent_to_a_customer",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["run", "customer"], name="a_campaign_asks_once"),
            models.CheckConstraint(
                condition=Q(status="waiting", why="", done_at=None, message=None)
                | Q(status="sent", why="", done_at__isnull=False)
                | Q(status="held", why__in=Why.values, done_at__isnull=False, message=None),
                name="a_target_is_sent_or_says_why_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.customer_id}"


class StatedWish(models.Model):
    """What the newest assessment says of class, time and types: narrow, so that a million counts.

    Kept only while somebody agrees to offers and to pages that fit their use; read again when the
    assessment is another one. It decides on no offer: before each one the assessment is asked.
    """

    customer = models.OneToOneField(
        Customer,
        models.PROTECT,
        primary_key=True,
        related_name="stated_wish",
        verbose_name=_("customer"),
    )
    assessment = models.OneToOneField(
        Assessment, models.CASCADE, related_name="+", verbose_name=_("assessment")
    )
    investor_class = models.CharField(_("class"), max_length=2, choices=Class.choices)
    lowest = models.BooleanField(_("lowest class"))
    valid_until = models.DateField(_("valid until"))
    horizon = models.CharField(_("how long money may be bound"), max_length=20, blank=True)
    types = ArrayField(models.CharField(max_length=20), verbose_name=_("types of investments"))

    objects: ClassVar[models.Manager[StatedWish]] = models.Manager()

    class Meta:
        verbose_name = _("stated wish")
        verbose_name_plural = _("stated wishes")

    def __str__(self) -> str:
        return self.investor_class
