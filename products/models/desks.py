"""Who belongs to which product desk of head office."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.models.dated import Dated, DatedQuerySet, days
from brokerage.core.four_eyes import Decision, FourEyed, FourEyedQuerySet, decided_rows_stay
from brokerage.core.models import Referenced
from products.states import Desk


class DeskMemberQuerySet(DatedQuerySet, FourEyedQuerySet[Any]):  # type: ignore[override]  # as_manager() gives another class
    """By date and decision."""


class DeskMember(Referenced, FourEyed, Dated):
    """Somebody works for a desk, from one day until the day before another.

    Life: named by one person, agreed to by another, neither of them the member; it may end
    earlier. Referrals are handed to members alone once a desk has named any.
    """

    desk = models.CharField(pgettext_lazy("product", "desk"), max_length=8, choices=Desk.choices)
    person_ref = models.UUIDField(pgettext_lazy("desk", "member"))

    objects: ClassVar[Any] = DeskMemberQuerySet.as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = _("member of a product desk")
        verbose_name_plural = _("members of the product desks")
        triggers = [decided_rows_stay(but_shorten="valid_to")]
        indexes = [models.Index(fields=["desk", "person_ref"], name="members_of_a_desk")]
        constraints = [
            *FourEyed.Meta.constraints,
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(desk__in=Desk.values), name="a_member_is_of_a_known_desk"
            ),
            models.CheckConstraint(
                condition=~Q(made_by_ref=F("person_ref"))
                & (Q(checked_by_ref=None) | ~Q(checked_by_ref=F("person_ref"))),
                name="nobody_puts_themselves_on_a_desk",
                violation_error_message=_("Somebody else has to name you."),
            ),
            ExclusionConstraint(
                name="a_member_is_on_a_desk_once_at_a_time",
                expressions=[
                    ("desk", RangeOperators.EQUAL),
                    ("person_ref", RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                condition=Q(decision=Decision.APPROVED),
                violation_error_message=_("This person is on the desk on some of these days."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_desk_display())
