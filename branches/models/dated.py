"""What holds from one day until the day before another."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from brokerage.reference.dated import DateRange


def days() -> DateRange:
    """The days on which a dated row holds."""
    return DateRange("valid_from", "valid_to")


class DatedQuerySet(models.QuerySet[Any]):
    def on(self, day: date) -> Self:
        """Rows that hold on `day` (a business date)."""
        return self.filter(Q(valid_to__gt=day) | Q(valid_to=None), valid_from__lte=day)

    def overlapping(self, start: date, end: date | None) -> Self:
        """Rows that hold on some day from `start` until before `end` (None: for ever)."""
        rows = self.filter(Q(valid_to__gt=start) | Q(valid_to=None))
        rows = rows.exclude(valid_to=F("valid_from"))
        return rows if end is None else rows.filter(valid_from__lt=end)

    def end_on(self, day: date) -> int:
        """Let everything end on `day`; what was to begin then or later is withdrawn.

        Returns:
            How many rows changed.
        """
        later = self.filter(Q(valid_to__gt=day) | Q(valid_to=None))
        return later.filter(valid_from__lt=day).update(valid_to=day) + later.filter(
            valid_from__gte=day
        ).update(valid_to=F("valid_from"))


class Dated(models.Model):
    """Holds from one day until the day before another; without an end, until further notice.

    A row whose end equals its beginning was withdrawn before it held.
    """

    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(
        _("until (not included)"), null=True, blank=True, help_text=_("Empty: until changed.")
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="%(class)s_does_not_end_before_it_begins",
                violation_error_message=_("The end cannot lie before the beginning."),
            )
        ]
