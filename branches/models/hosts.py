"""At which institution a service point stands, and when."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from branches.models.dated import Dated, DatedQuerySet, days
from branches.models.tree import OrgUnit
from brokerage.core.display.languages import reads_english
from brokerage.core.models import Referenced, Timestamped


class PointHost(Referenced, Timestamped, Dated):
    """The institution in whose rooms a service point stands, from one day until another.

    The institution lends a place and nothing else: who serves there is our own staff, assigned
    to the unit like anywhere. Without a row in force the point gives nothing (`open_points`).
    Not for: the institution itself, which the app above knows by `institution_ref`.
    """

    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="hosts", verbose_name=_("service point")
    )
    institution_ref = models.UUIDField(_("institution"), db_index=True)
    name_zh = models.CharField(
        _("host, Chinese"), max_length=80, help_text=_("As it stands over its door.")
    )
    name_en = models.CharField(_("host, English"), max_length=120)
    desk_zh = models.CharField(_("our desk, Chinese"), max_length=100, blank=True)
    desk_en = models.CharField(_("our desk, English"), max_length=150, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("service point at an institution")
        verbose_name_plural = _("service points at institutions")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="a_service_point_stands_at_one_institution_at_a_time",
                expressions=[
                    (F("unit"), RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This point stands at another institution then."),
            ),
            models.CheckConstraint(
                condition=~Q(name_zh="") & ~Q(name_en=""), name="a_host_has_both_names"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The host in the language of the reader."""
        return self.name_en if reads_english() else self.name_zh

    @property
    def desk(self) -> str:
        """Where our desk stands there, in the language of the reader."""
        english = reads_english()
        return (english and self.desk_en) or self.desk_zh
