"""Who works where in which role, dated; and roles that wait for a second person."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from branches.models.dated import Dated, DatedQuerySet, days
from branches.models.tree import OrgUnit
from branches.states import ACTING_MONTHS, HEAD, SIDES
from brokerage.core.four_eyes import FourEyed, FourEyedQuerySet, decided_rows_stay
from brokerage.core.models import Referenced, Timestamped
from brokerage.core.roles import STAFF, Role


def _title(row: Any) -> str:
    return gettext("{role}, {unit}").format(role=row.get_role_display(), unit=row.unit)


class StaffAssignmentQuerySet(DatedQuerySet):
    def of(self, user: Any) -> Self:
        return self.filter(user=user)


class StaffAssignment(Referenced, Timestamped, Dated):
    """A person's role at a unit, and so over everything under it, between two days.

    The role is the action (its group), the unit is the rows. Ended, never deleted.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="assignments",
        verbose_name=_("person"),
    )
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="staff", verbose_name=_("unit"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    acting = models.BooleanField(_("acting"), default=False)
    acting_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("acting for"),
    )
    side = models.GeneratedField(
        expression=Case(
            *[When(role=role.value, then=Value(side.value)) for role, side in SIDES.items()],
            default=None,
        ),
        output_field=models.CharField(max_length=10, null=True),
        db_persist=True,
    )

    objects = StaffAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        permissions = [
            ("end_assignment", "Can end somebody's role"),
        ]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(role__in=sorted(STAFF)), name="an_assignment_is_of_a_staff_role"
            ),
            models.CheckConstraint(
                condition=Q(acting=True) | Q(acting_for=None),
                name="only_who_acts_acts_for_somebody",
            ),
            models.CheckConstraint(
                condition=Q(acting_for=None) | ~Q(acting_for=F("user")),
                name="nobody_acts_for_themselves",
            ),
            models.CheckConstraint(
                condition=Q(acting=False)
                | Q(
                    role=HEAD,
                    valid_to__lte=Func(
                        F("valid_from"),
                        template=f"(%(expressions)s + interval '{ACTING_MONTHS} months')::date",
                        output_field=models.DateField(),
                    ),
                ),
                name="an_acting_head_acts_three_months_at_most",
                violation_error_message=_("An acting head acts for three months at most."),
            ),
            ExclusionConstraint(
                name="a_role_at_a_unit_is_given_once_at_a_time",
                expressions=[
                    (F("user"), RangeOperators.EQUAL),
                    (F("unit"), RangeOperators.EQUAL),
                    (F("role"), RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person has this role here at that time already."),
            ),
            ExclusionConstraint(
                name="a_unit_has_one_head_at_a_time",
                expressions=[
                    (F("unit"), RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                condition=Q(role=HEAD, acting=False),
                violation_error_message=_("This unit has a head at that time already."),
            ),
            ExclusionConstraint(
                name="a_unit_has_one_acting_head_at_a_time",
                expressions=[
                    (F("unit"), RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                condition=Q(role=HEAD, acting=True),
                violation_error_message=_("This unit has an acting head at that time already."),
            ),
            ExclusionConstraint(
                name="a_person_stands_on_one_side_at_a_time",
                expressions=[
                    (F("user"), RangeOperators.EQUAL),
                    (F("side"), RangeOperators.NOT_EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This role excludes another that the person has."),
            ),
        ]

    def __str__(self) -> str:
        return _title(self)

    def holds_after(self, day: date) -> bool:
        """Whether it holds on a day later than `day`."""
        return self.valid_to is None or self.valid_to > day


class RoleRequestQuerySet(FourEyedQuerySet["RoleRequest"]):
    pass


class RoleRequest(Referenced, FourEyed):
    """A role that somebody proposes for a person; it counts once a second person agrees.

    Approval makes the StaffAssignment. Taking a role away waits for nobody.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until (not included)"), null=True, blank=True)
    acting_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("acting for"),
    )
    acting = models.BooleanField(_("acting"), default=False)

    objects = RoleRequestQuerySet.as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = _("proposed role")
        verbose_name_plural = _("proposed roles")
        constraints = [
            *FourEyed.Meta.constraints,
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="rolerequest_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(STAFF)), name="rolerequest_is_of_a_staff_role"
            ),
        ]
        triggers = [decided_rows_stay()]

    def __str__(self) -> str:
        return _title(self)
