"""Which products an institution may display: agreed row by row, with four eyes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from branches.models.dated import Dated, DatedQuerySet
from brokerage.core.clock import business_date
from brokerage.core.four_eyes import (
    FourEyed,
    FourEyedQuerySet,
    FourEyesRefused,
    decided_rows_stay,
)
from brokerage.core.models import Referenced
from partners.models.institutions import Partner
from partners.states import DISPLAYABLE
from products.models import Issuer

CHOICES = [(each.value, each.label) for each in DISPLAYABLE]


class ShelfQuerySet(DatedQuerySet, FourEyedQuerySet[Any]):  # type: ignore[override]  # as_manager() gives another class
    def in_force(self, day: date) -> Self:
        """Approved rows that hold on `day`, the one that counts first: the latest to begin."""
        return self.approved().on(day).order_by("-valid_from", "-pk")


class Shelf(Referenced, FourEyed, Dated):
    """What an institution may display from a day on: families, one issuer's products, products.

    Life: proposed with a reason → a second person approves or rejects it. The latest approved
    one that holds counts as a whole; without one, what the rule partners.shelf gives its kind.

    Not for: opening anything. Whether an institution displays at all says its contract, and what
    is not on the open shelf of the day it never displays.
    """

    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="shelves", verbose_name=_("partner")
    )
    families = ArrayField(
        models.CharField(max_length=12, choices=CHOICES),
        default=list,
        blank=True,
        verbose_name=pgettext_lazy("shelf", "families of products"),
    )
    issuer = models.ForeignKey(
        Issuer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("shelf", "all products of the issuer"),
    )
    codes = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        verbose_name=pgettext_lazy("shelf", "single products"),
    )
    reason = models.CharField(_("reason"), max_length=200)

    objects: Any = ShelfQuerySet.as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = _("shelf of an institution")
        verbose_name_plural = _("shelves of institutions")
        triggers = [decided_rows_stay(but_shorten="valid_to")]
        indexes = [models.Index(fields=["partner", "-valid_from"], name="shelves_of_a_partner")]
        constraints = [
            *FourEyed.Meta.constraints,
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(families__contained_by=[each.value for each in DISPLAYABLE]),
                name="a_shelf_has_families_that_everybody_may_see",
                violation_error_message=_("Choose families that everybody may see."),
            ),
            models.CheckConstraint(
                condition=Q(families__len__gt=0) | Q(issuer__isnull=False) | Q(codes__len__gt=0),
                name="a_shelf_names_something",
                violation_error_message=_("Name families, an issuer, or single products."),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_shelf_has_a_reason"),
        ]

    def __str__(self) -> str:
        return str(self.partner)

    def approving(self, at: datetime) -> None:
        """Raises FourEyesRefused when its last day has passed."""
        if self.valid_to is not None and self.valid_to <= business_date(at):
            raise FourEyesRefused(gettext("Its last day has passed."))
