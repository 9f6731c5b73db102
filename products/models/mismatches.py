"""What the registrar told that does not fit, kept until the product desk has settled it."""

from __future__ import annotations

from typing import ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from brokerage.core.models import Referenced
from products.models.orders import Order
from products.states import Misfit


class MismatchQuerySet(models.QuerySet["Mismatch"]):
    def open(self) -> Self:
        """Nobody has settled them yet."""
        return self.filter(settled_at=None)


class Mismatch(Referenced):
    """A confirmation that counted nothing, with what was told, word for word.

    Life: found → settled, by a person with a note, or by itself once the registrar tells the
    right figures under the same number. The same confirmation told again is the same row. What
    cannot be read is kept too; its number is then a mark of what was told.
    """

    order = models.ForeignKey(
        Order,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mismatches",
        verbose_name=_("order"),
        help_text=_("Empty where nobody knows the order."),
    )
    order_ref = models.UUIDField(
        _("order as the registrar names it"),
        null=True,
        blank=True,
        help_text=_("Empty where it cannot be read."),
    )
    number = models.CharField(_("number of the registrar"), max_length=40)
    why = models.CharField(_("what does not fit"), max_length=8, choices=Misfit.choices)
    told = models.JSONField(_("figures of the registrar"))
    found_at = models.DateTimeField(_("found at"))
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by_ref = models.UUIDField(_("settled by"), null=True, blank=True)
    note = models.CharField(_("how it was settled"), max_length=300, blank=True)

    objects: ClassVar[MismatchQuerySet] = MismatchQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its methods

    class Meta:
        verbose_name = _("confirmation that does not fit")
        verbose_name_plural = _("confirmations that do not fit")
        constraints = [
            models.UniqueConstraint(
                fields=["order_ref", "number"],
                condition=Q(settled_at=None),
                nulls_distinct=False,
                name="one_open_mismatch_of_a_confirmation",
            ),
            models.CheckConstraint(
                condition=Q(why__in=Misfit.values), name="a_mismatch_has_a_known_reason"
            ),
            models.CheckConstraint(
                condition=Q(order_ref__isnull=False) | Q(why="form", order=None),
                name="only_what_cannot_be_read_names_no_order",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by_ref=None, note="")
                | Q(settled_at__gte=F("found_at"), settled_by_ref=None, note="")
                | (Q(settled_at__gte=F("found_at"), settled_by_ref__isnull=False) & ~Q(note="")),
                name="a_person_who_settles_says_how",
            ),
        ]
        triggers = [pgtrigger.Protect(name="mismatches_are_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.number
