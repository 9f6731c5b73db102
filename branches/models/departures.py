"""Leaving the firm: nothing of a person's work may stay behind."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from branches.states import DEPARTURE_STEPS, DepartureStatus
from brokerage.core.models import Referenced, Timestamped
from brokerage.core.states import Stateful, StateTable


class Departure(Referenced, Timestamped, Stateful):
    """A member of staff leaves; a successor takes what they leave.

    Done means: no role, no code and no licence after the last day. A deferred trigger looks.
    """

    TRANSITIONS: ClassVar[StateTable] = DEPARTURE_STEPS

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    successor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("successor")
    )
    leaves_on = models.DateField(_("leaves on"), help_text=_("The first day without this person."))
    status = models.CharField(
        _("status"), max_length=10, choices=DepartureStatus, default=DepartureStatus.RUNNING
    )
    audit_due_on = models.DateField(
        _("audit report until"), null=True, blank=True, help_text=_("For heads of units.")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("departure")
        verbose_name_plural = _("departures")
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=~Q(status=DepartureStatus.CANCELLED),
                name="a_person_leaves_once",
                violation_error_message=_("This person leaves already."),
            ),
            models.CheckConstraint(
                condition=~Q(user=F("successor")),
                name="nobody_follows_themselves",
                violation_error_message=_("Another person has to take over."),
            ),
            models.CheckConstraint(
                condition=Q(status=DepartureStatus.RUNNING, ended_at=None)
                | (~Q(status=DepartureStatus.RUNNING) & Q(ended_at__isnull=False)),
                name="an_ended_departure_has_its_end",
            ),
            models.CheckConstraint(
                condition=Q(status__in=DepartureStatus.values),
                name="a_departure_has_a_known_status",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)
