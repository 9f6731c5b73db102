"""The licence of a unit (经营证券期货业务许可证): one original, displayed, returned at the end."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from branches.models.dated import Dated, DatedQuerySet, days
from branches.models.tree import OrgUnit
from brokerage.core.models import Referenced, Timestamped


class UnitLicence(Referenced, Timestamped, Dated):
    """The licence by which a unit does business; `valid_to` is the day on which it was returned.

    While it runs, the unit cannot be closed.
    """

    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="licences", verbose_name=_("unit")
    )
    number = models.CharField(_("number"), max_length=40, unique=True)
    issuer = models.CharField(_("issued by"), max_length=80)
    displayed_since = models.DateField(
        _("displayed since"),
        null=True,
        blank=True,
        help_text=_("When somebody last saw the original hanging where customers see it."),
    )

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("licence of a unit")
        verbose_name_plural = _("licences of units")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="a_unit_holds_one_licence_at_a_time",
                expressions=[
                    (F("unit"), RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This unit holds a licence at that time already."),
            ),
        ]

    def __str__(self) -> str:
        return self.number
