"""The wait-list of an outlet for one purpose."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.models.tree import OrgUnit
from branches.visits.models.purposes import Purpose
from branches.visits.models.visits import Visit
from branches.visits.states import ON_LIST, WAIT_TRANSITIONS, WaitStatus
from brokerage.core.models import Referenced, Timestamped
from brokerage.core.states import Stateful
from brokerage.customers.models import Customer


class WaitEntry(Referenced, Timestamped, Stateful):
    """A customer who wants an earlier or any time between two days.

    Life: waiting, then a freed time is held for them and offered for an hour; booked, or the
    offer ends and the next is asked. One offer each: whoever let it pass joins anew.
    """

    TRANSITIONS = WAIT_TRANSITIONS

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="+", verbose_name=_("customer")
    )
    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="wait_list", verbose_name=_("outlet")
    )
    purpose = models.ForeignKey(
        Purpose, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("visit", "purpose")
    )
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until (included)"))
    status = models.CharField(
        _("status"), max_length=8, choices=WaitStatus, default=WaitStatus.WAITING
    )
    visit = models.OneToOneField(
        Visit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="wait_entry",
        verbose_name=_("offered visit"),
    )
    subject_ref = models.UUIDField(_("what it is about"), null=True, blank=True)
    step = models.CharField(_("step"), max_length=40, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("entry of the wait-list")
        verbose_name_plural = _("wait-list")
        indexes = [
            models.Index(
                fields=["unit", "created_at"],
                condition=Q(status=WaitStatus.WAITING),
                name="who_waits_at_an_outlet",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="waiting_ends_after_it_begins",
                violation_error_message=_("The end cannot lie before the beginning."),
            ),
            models.CheckConstraint(
                condition=Q(status=WaitStatus.WAITING, visit=None)
                | Q(status__in=[WaitStatus.OFFERED, WaitStatus.BOOKED], visit__isnull=False)
                | Q(status__in=[WaitStatus.EXPIRED, WaitStatus.LEFT]),
                name="an_offer_names_its_visit",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ON_LIST, ended_at=None)
                | (~Q(status__in=ON_LIST) & Q(ended_at__isnull=False)),
                name="an_ended_wait_knows_when",
            ),
            models.UniqueConstraint(
                fields=["customer", "unit", "purpose"],
                condition=Q(status__in=ON_LIST),
                name="one_place_on_the_wait_list",
                violation_error_message=_("You are on this wait-list already."),
            ),
        ]
