"""The organisation tree, dated.

`Placement` is the truth about the tree, `Line` its transitive closure kept by a trigger, so that
"everything under this unit on that day" is one indexed query (docs/decisions/0005).
"""

from __future__ import annotations

from datetime import date
from typing import Any, Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.models.dated import Dated, DatedQuerySet, days
from branches.states import Kind, OutletType
from brokerage.core.display.languages import reads_english
from brokerage.core.models import Referenced, Timestamped


class OrgUnitQuerySet(models.QuerySet["OrgUnit"]):
    def under(self, units: Any, on: date) -> Self:
        """Units in the subtrees of `units` (one or many) on `on`, themselves too."""
        if isinstance(units, OrgUnit):
            units = [units]
        lines = Line.objects.filter(ancestor__in=units, valid__contains=on)
        return self.filter(pk__in=lines.values("descendant"))

    def above(self, unit: OrgUnit, on: date) -> Self:
        """The units over `unit` on `on`, the nearest first."""
        rows = self.filter(
            lines_down__descendant=unit, lines_down__valid__contains=on, lines_down__depth__gt=0
        )
        return rows.order_by("lines_down__depth")

    def open(self, on: date) -> Self:
        """Units that work on `on`."""
        return self.filter(Q(closed_on__gt=on) | Q(closed_on=None), opened_on__lte=on)


class OrgUnit(Referenced, Timestamped):
    """Head office, a department, a branch company, an outlet or a service point.

    Not for: where it stands in the tree (Placement), who works there (StaffAssignment).
    """

    kind = models.CharField(_("kind"), max_length=20, choices=Kind, editable=False)
    outlet_type = models.CharField(
        pgettext_lazy("outlet", "type"), max_length=1, choices=OutletType, blank=True
    )
    code = models.CharField(_("code"), max_length=20, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120)
    division_code = models.CharField(
        _("division code"), max_length=6, blank=True, help_text=_("Six digits, such as 330702.")
    )
    opened_on = models.DateField(_("opened on"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = OrgUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        permissions = [("manage_orgunit", "Can open, move and change units")]
        triggers = [pgtrigger.ReadOnly(name="a_unit_keeps_its_kind", fields=["kind"])]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind=Kind.HEAD_OFFICE),
                name="there_is_one_head_office",
                violation_error_message=_("There is a head office already."),
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.OUTLET, outlet_type__in=OutletType.values)
                | (~Q(kind=Kind.OUTLET) & Q(outlet_type="")),
                name="an_outlet_and_no_other_has_a_type",
                violation_error_message=_("Give a type to outlets only."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values), name="a_unit_is_of_a_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(division_code="") | Q(division_code__regex=r"^[1-9][0-9]{5}$"),
                name="a_division_code_has_six_digits",
                violation_error_message=_("A division code has six digits."),
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="a_unit_does_not_close_before_it_opened",
                violation_error_message=_("The end cannot lie before the beginning."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the reader."""
        return self.name_en if reads_english() else self.name_zh

    def works_between(self, start: date, end: date | None) -> bool:
        """Whether the unit is open on every day from `start` until before `end`."""
        if start < self.opened_on:
            return False
        return self.closed_on is None or (end is not None and end <= self.closed_on)


class Placement(Referenced, Timestamped, Dated):
    """Where a unit stands in the tree, and when. Ended, never changed, so history stays true."""

    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="placements", verbose_name=_("unit")
    )
    parent = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="children", verbose_name=_("under")
    )

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("place in the tree")
        verbose_name_plural = _("places in the tree")
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(unit=F("parent")), name="a_unit_does_not_stand_under_itself"
            ),
            ExclusionConstraint(
                name="a_unit_stands_in_one_place_at_a_time",
                expressions=[
                    (F("unit"), RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} < {self.parent_id}"


class Line(models.Model):
    """Who stood under whom, when, how far below: the closure of Placement. Triggers write it."""

    ancestor = models.ForeignKey(OrgUnit, models.PROTECT, related_name="lines_down")
    descendant = models.ForeignKey(OrgUnit, models.PROTECT, related_name="lines_up")
    depth = models.PositiveSmallIntegerField()
    valid = DateRangeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["ancestor", "descendant"], name="lines_down_a_tree")]

    def __str__(self) -> str:
        return f"{self.ancestor_id} > {self.descendant_id}"
