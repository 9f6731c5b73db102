"""A visit: booked ahead or walked in, one row from the hold to the end."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import Combinable
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.models.names import name_then
from branches.models.services import Room
from branches.models.tree import OrgUnit
from branches.visits.models.purposes import Purpose
from branches.visits.models.times import span
from branches.visits.rules.queue import Waiting
from branches.visits.states import AHEAD, ENDED, IN_QUEUE, TAKES_TIME, VISIT_TRANSITIONS, Status
from brokerage.core.models import Referenced, Timestamped
from brokerage.core.states import Stateful
from brokerage.customers.models import Customer


class VisitQuerySet(models.QuerySet["Visit"]):
    def of(self, customer: Customer) -> Self:
        return self.filter(customer=customer)

    def ahead(self) -> Self:
        """Booked and still to come."""
        return self.filter(status__in=AHEAD)

    def in_queue(self) -> Self:
        """There now, waiting or being served."""
        return self.filter(status__in=IN_QUEUE)

    def taking_time(self) -> Self:
        """Nobody else gets their person, room and time."""
        return self.filter(status__in=TAKES_TIME, starts_at__isnull=False)


def _taken(*fields: str) -> list[tuple[str | Combinable, str]]:
    return [*((F(name), RangeOperators.EQUAL) for name in fields), (span(), "&&")]


class Visit(Referenced, Timestamped, Stateful):
    """A customer's appointment, or a walk-in with a ticket; both stand in one queue.

    Life: held for some minutes while the customer confirms, booked, perhaps confirmed, checked
    in (which draws the ticket), called, served, done; or not come, cancelled, not booked in
    time. A walk-in begins checked in and has no booked time. A moved visit keeps its row and
    counts `sequence` up, so that calendars replace it.

    Nobody is booked twice: exclusion constraints over person, room and customer.
    Not for: what was done in the visit. `subject_ref` and `step` name it for the app above, which
    hears of the end by `VisitDone`.
    """

    TRANSITIONS = VISIT_TRANSITIONS

    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="visits",
        verbose_name=_("customer"),
    )
    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="visits", verbose_name=_("outlet")
    )
    purpose = models.ForeignKey(
        Purpose, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("visit", "purpose")
    )
    status = models.CharField(_("status"), max_length=12, choices=Status)
    day = models.DateField(_("day"))
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("with"),
    )
    room = models.ForeignKey(
        Room, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("room")
    )
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    sequence = models.PositiveSmallIntegerField(_("times moved"), default=0)
    subject_ref = models.UUIDField(_("what it is about"), null=True, blank=True)
    step = models.CharField(_("step"), max_length=40, blank=True)
    priority = models.BooleanField(_("goes first"), default=False)
    ticket = models.PositiveSmallIntegerField(_("ticket"), null=True, blank=True)
    arrived_at = models.DateTimeField(_("arrived at"), null=True, blank=True)
    called_at = models.DateTimeField(_("called at"), null=True, blank=True)
    desk = models.CharField(_("counter"), max_length=12, blank=True)
    served_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("served by"),
    )
    serving_from = models.DateTimeField(_("served from"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        permissions = [
            ("serve_visit", "Can call, serve and take walk-ins"),
            ("plan_visit", "Can move and cancel visits and block time"),
        ]
        indexes = [
            models.Index(fields=["unit", "day", "status"], name="visits_of_a_day"),
            models.Index(fields=["starts_at"], condition=Q(status__in=AHEAD), name="visits_ahead"),
            models.Index(
                fields=["held_until"], condition=Q(status=Status.HELD), name="visits_held"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="a_visit_has_a_known_status"
            ),
            models.CheckConstraint(
                condition=Q(starts_at=None, ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="a_visit_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(host__isnull=False, customer__isnull=False),
                name="a_booked_time_has_a_host_and_a_customer",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.HELD, *AHEAD]) | Q(starts_at__isnull=False),
                name="who_is_expected_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.HELD, held_until__isnull=False)
                | (~Q(status=Status.HELD) & Q(held_until=None)),
                name="a_hold_has_an_end_and_nothing_else_has",
            ),
            models.CheckConstraint(
                condition=(Q(ticket=None) & Q(arrived_at=None))
                | Q(ticket__isnull=False, arrived_at__isnull=False),
                name="a_ticket_is_drawn_on_arrival",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[*IN_QUEUE, Status.DONE]) | Q(ticket__isnull=False),
                name="who_is_in_the_queue_has_a_ticket",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.CALLED)
                | Q(called_at__isnull=False, served_by__isnull=False),
                name="somebody_calls",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status__in=[Status.SERVING, Status.DONE], serving_from__isnull=False)
                    & Q(served_by__isnull=False)
                )
                | (~Q(status__in=[Status.SERVING, Status.DONE]) & Q(serving_from=None)),
                name="somebody_serves",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ENDED, ended_at__isnull=False)
                | (~Q(status__in=ENDED) & Q(ended_at=None)),
                name="an_ended_visit_knows_when",
            ),
            models.UniqueConstraint(
                fields=["unit", "day", "ticket"], name="a_ticket_is_drawn_once_a_day"
            ),
            ExclusionConstraint(
                name="a_person_has_one_visit_at_a_time",
                expressions=_taken("host"),
                condition=Q(status__in=TAKES_TIME, starts_at__isnull=False),
            ),
            ExclusionConstraint(
                name="a_room_has_one_visit_at_a_time",
                expressions=_taken("room"),
                condition=Q(status__in=TAKES_TIME, starts_at__isnull=False, room__isnull=False),
            ),
            ExclusionConstraint(
                name="a_customer_has_one_visit_at_a_time",
                expressions=_taken("customer"),
                condition=Q(status__in=TAKES_TIME, starts_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.ticket_text or self.short_ref

    def get_absolute_url(self) -> str:
        return reverse("visits:visit", args=[self.ref])

    @property
    def ticket_text(self) -> str:
        """The number as the lobby shows it: A for those who booked, B for walk-ins."""
        if self.ticket is None:
            return ""
        return f"{'A' if self.starts_at else 'B'}{self.ticket:03}"

    @property
    def place_name(self) -> str:
        """What the outlet is called on the day of the visit, where the row carries it."""
        return name_then(self, self.unit)

    @property
    def is_ahead(self) -> bool:
        """Whether it is booked and still to come."""
        return self.status in AHEAD

    def is_late(self, at: datetime) -> bool:
        """Whether the booked time has begun without the customer."""
        return self.is_ahead and self.starts_at is not None and at > self.starts_at

    def as_waiting(self) -> Waiting:
        """What the rules of the queue need to know; with `purpose` loaded."""
        assert self.arrived_at is not None
        return Waiting(
            id=self.pk,
            arrived_at=self.arrived_at,
            booked_at=self.starts_at,
            minutes=self.purpose.minutes,
            priority=self.priority,
        )

    def take(
        self,
        *,
        starts_at: datetime,
        ends_at: datetime,
        host_id: int,
        room_id: int | None,
        day: date,
    ) -> None:
        """Put the visit on a time, in memory."""
        self.starts_at, self.ends_at, self.day = starts_at, ends_at, day
        self.host_id, self.room_id = host_id, room_id
