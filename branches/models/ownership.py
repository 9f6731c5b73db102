"""Which department of head office answers for what, dated."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.models.dated import Dated, DatedQuerySet, days
from branches.models.tree import OrgUnit
from brokerage.core.models import Referenced, Timestamped


class OwnershipQuerySet(DatedQuerySet):
    def owner_of(self, subject: str, day: date) -> OrgUnit | None:
        """The department that answers for `subject` on `day`, or None."""
        row = self.on(day).filter(subject=subject).select_related("department").first()
        return row.department if row else None


class Ownership(Referenced, Timestamped, Dated):
    """A department owns a step of the opening system, a family of products or a theme.

    Ended, never changed, so that an answer of the past keeps its owner.
    """

    subject = models.CharField(_("what is owned"), max_length=60)
    department = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="owned", verbose_name=_("department")
    )

    objects = OwnershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("ownership")
        verbose_name_plural = _("ownerships")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="a_subject_has_one_owner_at_a_time",
                expressions=[
                    ("subject", RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("Another department owns this at that time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.department}"
