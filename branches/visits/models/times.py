"""Time that nobody can book, and the range of two instants."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from branches.models.services import Room
from branches.models.tree import OrgUnit
from brokerage.core.models import Referenced, Timestamped


class Instants(Func):
    """`tstzrange(starts_at, ends_at)`, half-open."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


def span() -> Instants:
    """From the start until the end of the row."""
    return Instants(F("starts_at"), F("ends_at"))


class BlockedTime(Referenced, Timestamped):
    """Hours in which a person or a room of an outlet cannot be booked: a meeting, repairs.

    Whole days away are leave (branches.Absence). Released by ending it, never deleted.
    """

    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="blocked_times", verbose_name=_("outlet")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    room = models.ForeignKey(
        Room, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("room")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    note = models.CharField(_("why"), max_length=80, blank=True)
    released_at = models.DateTimeField(_("released at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("blocked time")
        verbose_name_plural = _("blocked times")
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, room=None) | Q(person=None, room__isnull=False),
                name="a_block_is_of_a_person_or_a_room",
                violation_error_message=_("Choose a person or a room."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="a_block_ends_after_it_begins",
                violation_error_message=_("The end cannot lie before the beginning."),
            ),
            ExclusionConstraint(
                name="a_person_is_blocked_once_at_a_time",
                expressions=[
                    (F("person"), RangeOperators.EQUAL),
                    (span(), RangeOperators.OVERLAPS),
                ],
                condition=Q(released_at=None, person__isnull=False),
                violation_error_message=_("This time is blocked already."),
            ),
            ExclusionConstraint(
                name="a_room_is_blocked_once_at_a_time",
                expressions=[
                    (F("room"), RangeOperators.EQUAL),
                    (span(), RangeOperators.OVERLAPS),
                ],
                condition=Q(released_at=None, room__isnull=False),
                violation_error_message=_("This time is blocked already."),
            ),
        ]
        indexes = [models.Index(fields=["unit", "starts_at"], name="blocked_times_of_a_day")]
