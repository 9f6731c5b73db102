"""The first days of an active account: until when they run, and the greeting of the outlet."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.application import Application
from accounts.plan.states import GreetingOutcome, PlanStep
from accounts.states import CashStatus
from brokerage.core.models import Referenced


class FirstDaysQuerySet(models.QuerySet["FirstDays"]):
    def running(self, on: date) -> Self:
        """Plans whose days are not over on the business date `on`, of accounts still in use."""
        return self.filter(ends_on__gt=on, application__cash_account__status=CashStatus.ACTIVE)

    def to_greet(self, on: date) -> Self:
        """Running plans whose greeting waits for the outlet."""
        return self.running(on).filter(greet_by__isnull=False)


class FirstDays(Referenced):
    """What a customer does first with an account, and the outlet's greeting.

    Life: begins with the activation, ends by its days alone; nothing has to end it. What is done
    of it is read from holdings and permissions, so it holds no copy of that. The greeting waits
    until `greet_by`, and has an outcome once somebody talked, was declined, or tried often enough.
    """

    application = models.OneToOneField(
        Application, models.PROTECT, related_name="first_days", verbose_name=_("application")
    )
    steps = ArrayField(models.CharField(max_length=12, choices=PlanStep), verbose_name=_("steps"))
    started_on = models.DateField(pgettext_lazy("plan", "begun on"))
    ends_on = models.DateField(_("first day after it"))
    rule_version = models.CharField(_("rule"), max_length=60)
    greet_by = models.DateTimeField(_("to be greeted by"), null=True, blank=True)
    asked_at = models.DateTimeField(_("greeting asked for at"))
    tries = models.PositiveSmallIntegerField(pgettext_lazy("greeting", "tries"), default=0)
    outcome = models.CharField(
        pgettext_lazy("greeting", "greeting"), max_length=12, choices=GreetingOutcome, blank=True
    )
    note = models.CharField(_("note for the outlet"), max_length=300, blank=True)
    greeted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("greeted by"),
        null=True,
        blank=True,
    )
    greeted_at = models.DateTimeField(_("greeted at"), null=True, blank=True)

    objects = FirstDaysQuerySet.as_manager()

    class Meta:
        verbose_name = _("first days of an account")
        verbose_name_plural = _("first days of accounts")
        permissions = [("greet_customer", "Can greet customers of the outlet in their first days")]
        indexes = [
            models.Index(fields=["ends_on"], name="first_days_by_their_end"),
            models.Index(
                fields=["greet_by"],
                condition=Q(greet_by__isnull=False),
                name="greetings_that_wait",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("started_on"), steps__len__gte=1),
                name="first_days_have_days_and_steps",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", greeted_by=None, greeted_at=None)
                | (
                    Q(greet_by=None, greeted_by__isnull=False, greeted_at__isnull=False)
                    & Q(outcome__in=GreetingOutcome.values)
                ),
                name="a_greeting_says_what_came_of_it",
            ),
        ]

    def __str__(self) -> str:
        return self.application.case_number
