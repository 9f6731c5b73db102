"""What a member of staff may do and when they are away: licences and leave, dated."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from branches.models.dated import Dated, DatedQuerySet, days
from branches.models.services import LicenceKind
from branches.states import LeaveKind
from brokerage.core.models import Referenced, Timestamped


class LicenceQuerySet(DatedQuerySet):
    def held_on(self, day: date) -> Self:
        """Rows whose person holds that licence on `day`: by this row, or by its renewal.

        A renewal has the same kind and number; another number is another registration.
        """
        same = self.model._default_manager.filter(
            user=OuterRef("user"), kind=OuterRef("kind"), number=OuterRef("number")
        )
        return self.filter(Exists(same.on(day)))


class Licence(Referenced, Timestamped, Dated):
    """A registration or qualification of a person; `valid_to` is the first day without it.

    A renewal is another row. What lapses takes its services away on that very day, because
    selectors ask for today's licences; no job has to run.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="licences",
        verbose_name=_("person"),
    )
    kind = models.ForeignKey(
        LicenceKind, models.PROTECT, related_name="held", verbose_name=_("kind of licence")
    )
    number = models.CharField(_("number"), max_length=40)
    issuer = models.CharField(_("issued by"), max_length=80)

    objects = LicenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("licence")
        verbose_name_plural = _("licences")
        indexes = [models.Index(fields=["valid_to"], name="licences_by_expiry")]
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="a_person_holds_a_licence_once_at_a_time",
                expressions=[
                    (F("user"), RangeOperators.EQUAL),
                    (F("kind"), RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person holds this licence at that time already."),
            ),
            ExclusionConstraint(
                name="a_licence_number_belongs_to_one_person",
                expressions=[
                    (F("kind"), RangeOperators.EQUAL),
                    (F("number"), RangeOperators.EQUAL),
                    (F("user"), RangeOperators.NOT_EQUAL),
                ],
                violation_error_message=_("Another person holds this number."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Absence(Referenced, Timestamped, Dated):
    """Days on which a person is not there. Says why only where a rule asks: forced leave."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="absences",
        verbose_name=_("person"),
    )
    kind = models.CharField(_("kind"), max_length=8, choices=LeaveKind, default=LeaveKind.ORDINARY)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("leave")
        verbose_name_plural = _("leave")
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(valid_to__isnull=False),
                name="an_absence_has_an_end",
                violation_error_message=_("Give the day of return."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=LeaveKind.values), name="an_absence_is_of_a_known_kind"
            ),
            ExclusionConstraint(
                name="a_person_is_away_once_at_a_time",
                expressions=[
                    (F("user"), RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person is away on some of these days already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
