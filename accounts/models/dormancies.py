"""Accounts that nobody uses, from the notice to the waking."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.dormancy.states import (
    DORMANCY_OPEN,
    DORMANCY_TRANSITIONS,
    LIMITED,
    DormancyStatus,
)
from accounts.life.states import Ability
from accounts.models.application import Application
from accounts.models.codes import SignedByCode
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable


class DormancyQuerySet(models.QuerySet["Dormancy"]):
    def open(self) -> Self:
        """Told of, or at rest."""
        return self.filter(status__in=DORMANCY_OPEN)

    def dormant(self) -> Self:
        """At rest, or woken and not open yet: something is closed."""
        return self.filter(status__in=LIMITED)

    def to_open(self, on: date) -> Self:
        """Woken, and open again from the business date `on` or an earlier one on."""
        return self.filter(status=DormancyStatus.WAKING, opens_on__lte=on)


class Dormancy(SignedByCode, Referenced, Stateful):
    """One time in which nobody used an account.

    Life: told → at rest from `rests_on` on, closing more by the grades of the rule → woken by its
    customer with a code, and open again from `opens_on` on, the next trading day; or used again,
    or woken, before the rest began: then nothing was closed.
    """

    TRANSITIONS: ClassVar[StateTable] = DORMANCY_TRANSITIONS
    fingerprint = "dormancy"
    """A waking has no content: its code is bound to the row alone."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="dormancies", verbose_name=_("application")
    )
    status = models.CharField(
        _("status"), max_length=8, choices=DormancyStatus, default=DormancyStatus.TOLD
    )
    told_on = models.DateField(_("told on"))
    rests_on = models.DateField(_("at rest from"))
    stopped = ArrayField(
        models.CharField(max_length=8, choices=Ability),
        verbose_name=_("closed"),
        default=list,
        blank=True,
    )
    rule_version = models.CharField(_("rule"), max_length=60)
    looked_on = models.DateField(_("last checked on"))
    signer = EncryptedTextField(_("signer"), null=True, blank=True)
    woken_at = models.DateTimeField(_("woken at"), null=True, blank=True)
    opens_on = models.DateField(_("open again from"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = DormancyQuerySet.as_manager()

    class Meta:
        verbose_name = _("unused account")
        verbose_name_plural = _("unused accounts")
        indexes = [
            models.Index(
                fields=["looked_on"],
                condition=Q(status__in=DORMANCY_OPEN),
                name="rests_to_look_at",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(status__in=DORMANCY_OPEN),
                name="one_rest_of_an_account",
            ),
            models.CheckConstraint(
                condition=Q(status__in=LIMITED) & ~Q(stopped=[])
                | (~Q(status__in=LIMITED) & Q(stopped=[])),
                name="an_account_at_rest_says_what_is_closed",
            ),
            models.CheckConstraint(
                condition=Q(status__in=DORMANCY_OPEN, ended_at=None)
                | Q(status=DormancyStatus.USED, ended_at__isnull=False)
                | Q(status=DormancyStatus.WOKEN, ended_at__isnull=False, signer__isnull=False),
                name="an_ended_rest_says_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(status=DormancyStatus.WAKING)
                | Q(signer__isnull=False, woken_at__isnull=False, opens_on__isnull=False),
                name="a_woken_account_says_when_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(rests_on__gt=F("told_on")), name="a_rest_is_told_before"
            ),
        ]

    def __str__(self) -> str:
        return self.application.case_number
