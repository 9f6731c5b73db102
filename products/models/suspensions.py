"""Taking a product off the shelf at once, and bringing it back with four eyes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.four_eyes import FourEyed, FourEyedQuerySet, decided_rows_stay
from brokerage.core.models import Referenced
from products.models.products import Product


class Suspension(Referenced):
    """A product is not sold from this instant on. One person is enough to begin it.

    It ends when a second person approves a `Resumption`. Selling back stays open meanwhile.
    """

    product = models.ForeignKey(
        Product, models.PROTECT, related_name="suspensions", verbose_name=_("product")
    )
    reason = models.CharField(_("reason"), max_length=300)
    begun_by_ref = models.UUIDField(_("suspended by"))
    begun_at = models.DateTimeField(pgettext_lazy("product", "suspended at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects: ClassVar[models.Manager[Suspension]] = models.Manager()

    class Meta:
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        constraints = [
            models.UniqueConstraint(
                fields=["product"],
                condition=Q(ended_at=None),
                name="one_open_suspension_of_a_product",
                violation_error_message=_("The product is suspended already."),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_suspension_says_why"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("begun_at")),
                name="a_suspension_does_not_end_before_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return str(self.product)


class Resumption(Referenced, FourEyed):
    """The wish to sell a suspended product again; counts once a second person agrees."""

    suspension = models.ForeignKey(
        Suspension, models.PROTECT, related_name="resumptions", verbose_name=_("suspension")
    )
    reason = models.CharField(_("reason"), max_length=300)

    objects = FourEyedQuerySet["Resumption"].as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = _("resumption of a product")
        verbose_name_plural = _("resumptions of products")
        triggers = [decided_rows_stay()]

    def __str__(self) -> str:
        return str(self.suspension)
