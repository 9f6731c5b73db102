"""What a unit was called, and when."""

from __future__ import annotations

from typing import Any, Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from branches.models.dated import Dated, DatedQuerySet, days
from branches.models.tree import OrgUnit
from brokerage.core.display.languages import reads_english
from brokerage.core.models import Referenced, Timestamped


class UnitNameQuerySet(DatedQuerySet):
    def of_their_day(self, unit: str, day: str) -> Self:
        """For a subquery: the name that the outer row's unit had on the outer row's day."""
        rows = self.filter(unit=OuterRef(unit), valid_from__lte=OuterRef(day))
        return rows.order_by("-valid_from")[:1]


class UnitName(Referenced, Timestamped, Dated):
    """The two names of a unit from one day on; the next row ends this one.

    Written by `rename_unit` and with the unit itself, never changed, so that what happened under
    an old name can be told under it. OrgUnit carries the names of today.
    """

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="names", verbose_name=_("unit"))
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120)

    objects = UnitNameQuerySet.as_manager()

    class Meta:
        verbose_name = _("name of a unit")
        verbose_name_plural = _("names of units")
        triggers = [
            pgtrigger.ReadOnly(
                name="a_name_of_a_unit_is_ended_not_changed",
                fields=["unit", "name_zh", "name_en", "valid_from"],
            )
        ]
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="a_unit_has_one_name_at_a_time",
                expressions=[
                    (F("unit"), RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This unit has another name at that time already."),
            ),
        ]

    def __str__(self) -> str:
        english = reads_english()
        return self.name_en if english else self.name_zh


def names_then(unit: str, day: str) -> dict[str, Any]:
    """Annotations `then_zh` and `then_en`: what a row's unit was called on the row's own day.

    Args:
        unit: path to the unit from the row.
        day: path to a business date of the row.
    """
    rows = UnitName.objects.of_their_day(unit, day)
    return {
        "then_zh": Subquery(rows.values("name_zh")),
        "then_en": Subquery(rows.values("name_en")),
    }


def name_then(row: Any, unit: OrgUnit) -> str:
    """The name of a row annotated by `names_then` in the reader's language; else today's."""
    english = reads_english()
    then = getattr(row, "then_en" if english else "then_zh", None)
    return then or unit.name
