"""What others say of securities, and what they cost: imported, a row a day, corrected in place."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.models import Referenced
from brokerage.core.money import QUANTITY
from brokerage.reference.models import Instrument
from content.models.sources import Source
from content.states import RatingLevel


class Rating(Referenced):
    """The opinion of a source on a security from `day` on, until its next one.

    Not for opinions of ours: what the house says is an item, signed and released.
    """

    instrument = models.ForeignKey(
        Instrument, models.PROTECT, related_name="+", verbose_name=_("security")
    )
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="ratings", verbose_name=_("source")
    )
    day = models.DateField(pgettext_lazy("rating", "day"))
    level = models.CharField(
        pgettext_lazy("security", "rating"), max_length=6, choices=RatingLevel
    )

    objects: ClassVar[models.Manager[Rating]] = models.Manager()

    class Meta:
        verbose_name = pgettext_lazy("security", "rating")
        verbose_name_plural = pgettext_lazy("security", "ratings")
        indexes = [models.Index(fields=["-day", "-id"], name="ratings_by_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "source", "day"], name="one_rating_a_source_and_day"
            ),
            models.CheckConstraint(
                condition=Q(level__in=RatingLevel.values), name="a_rating_has_a_known_level"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument.code} {self.get_level_display()}"


class Valuation(models.Model):
    """Multiples of a security at the end of a day. Lean: one row a day.

    `earnings` is price to earnings of the last four quarters, empty while there is a loss; `book`
    is price to book value.
    """

    instrument = models.ForeignKey(
        Instrument, models.PROTECT, related_name="+", db_index=False, verbose_name=_("security")
    )
    day = models.DateField(_("day"), db_index=True)
    earnings = models.DecimalField(_("price to earnings"), **QUANTITY, null=True)
    book = models.DecimalField(_("price to book value"), **QUANTITY, null=True)

    objects: ClassVar[models.Manager[Valuation]] = models.Manager()

    class Meta:
        verbose_name = _("valuation")
        verbose_name_plural = _("valuations")
        constraints = [
            models.UniqueConstraint(fields=["instrument", "day"], name="one_valuation_a_day"),
            models.CheckConstraint(
                condition=(Q(earnings__gt=0) | Q(earnings=None))
                & (Q(book__gt=0) | Q(book=None))
                & (Q(earnings__isnull=False) | Q(book__isnull=False)),
                name="a_valuation_has_a_positive_multiple",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.day}"


class ClosingPrice(models.Model):
    """What a security cost at the end of a day, in yuan, not adjusted. Lean: one row a day."""

    instrument = models.ForeignKey(
        Instrument, models.PROTECT, related_name="+", db_index=False, verbose_name=_("security")
    )
    day = models.DateField(_("day"))
    close = models.DecimalField(_("closing price"), **QUANTITY)

    objects: ClassVar[models.Manager[ClosingPrice]] = models.Manager()

    class Meta:
        verbose_name = _("closing price")
        verbose_name_plural = _("closing prices")
        constraints = [
            models.UniqueConstraint(fields=["instrument", "day"], name="one_close_a_day"),
            models.CheckConstraint(condition=Q(close__gt=0), name="a_close_is_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.day}"
