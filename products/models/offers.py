"""What was suggested to whom and why, what they do not want to hear of, and complaints."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable
from brokerage.customers.models import Customer
from products.models.products import Product
from products.states import COMPLAINT_TRANSITIONS, ComplaintStatus, Family


class Offer(Referenced):
    """One suggestion of a day: a product with its points, or nothing. At most one a day.

    `points` are those of the first products of the ranking, by code; with `rule_version` anybody
    can say later why this one came first. "Not for me" is kept on it.
    """

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="offers", verbose_name=_("customer")
    )
    product = models.ForeignKey(
        Product,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="offers",
        verbose_name=_("product"),
    )
    on = models.DateField(_("day"))
    points = models.JSONField(_("points"), default=list)
    rule_version = models.CharField(_("version of the rules"), max_length=100)
    made_at = models.DateTimeField(_("made at"))
    declined_at = models.DateTimeField(_("not for me"), null=True, blank=True)

    objects: ClassVar[models.Manager[Offer]] = models.Manager()

    class Meta:
        verbose_name = _("suggestion of a product")
        verbose_name_plural = _("suggestions of products")
        indexes = [models.Index(fields=["customer", "-on"], name="offers_of_a_customer")]
        constraints = [
            models.UniqueConstraint(fields=["customer", "on"], name="one_offer_a_day"),
            models.CheckConstraint(
                condition=Q(declined_at=None)
                | (Q(product__isnull=False) & Q(declined_at__gte=F("made_at"))),
                name="only_a_product_is_declined",
            ),
            models.CheckConstraint(condition=~Q(rule_version=""), name="an_offer_names_its_rule"),
        ]

    def __str__(self) -> str:
        return self.short_ref


class Mute(models.Model):
    """A customer wants no suggestions of a family. Ends only by their own hand."""

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="muted_families", verbose_name=_("customer")
    )
    family = models.CharField(
        pgettext_lazy("product", "family"), max_length=12, choices=Family.choices
    )
    since = models.DateTimeField(_("since"))

    objects: ClassVar[models.Manager[Mute]] = models.Manager()

    class Meta:
        verbose_name = _("muted family")
        verbose_name_plural = _("muted families")
        constraints = [
            models.UniqueConstraint(fields=["customer", "family"], name="a_family_is_muted_once"),
            models.CheckConstraint(
                condition=Q(family__in=Family.values), name="a_known_family_is_muted"
            ),
        ]

    def __str__(self) -> str:
        return self.family


class Complaint(Referenced, Stateful):
    """A customer complained; while it is open nothing is suggested to them.

    Minimal: received → answered, by somebody else than who took it down. A later desk extends it.
    """

    TRANSITIONS: ClassVar[StateTable] = COMPLAINT_TRANSITIONS

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="complaints", verbose_name=_("customer")
    )
    product = models.ForeignKey(
        Product,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="complaints",
        verbose_name=_("product"),
        help_text=_("Empty where it is about no product."),
    )
    status = models.CharField(
        _("status"),
        max_length=8,
        choices=ComplaintStatus.choices,
        default=ComplaintStatus.RECEIVED,
        editable=False,
    )
    text = EncryptedTextField(_("what the customer says"))
    answer = EncryptedTextField(_("our answer"), blank=True)
    received_at = models.DateTimeField(_("received at"), editable=False)
    received_by_ref = models.UUIDField(_("taken down by"), editable=False)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True, editable=False)
    answered_by_ref = models.UUIDField(
        pgettext_lazy("complaint", "answered by"), null=True, blank=True, editable=False
    )

    objects: ClassVar[models.Manager[Complaint]] = models.Manager()

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        indexes = [
            models.Index(
                fields=["customer"], condition=Q(status="received"), name="open_complaints"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="received", answered_at=None)
                | Q(status="answered", answered_at__gte=F("received_at")),
                name="an_answered_complaint_says_when",
            ),
            models.CheckConstraint(
                condition=Q(answered_by_ref=None) | ~Q(answered_by_ref=F("received_by_ref")),
                name="who_takes_a_complaint_down_does_not_answer_it",
            ),
        ]

    def __str__(self) -> str:
        return self.short_ref
