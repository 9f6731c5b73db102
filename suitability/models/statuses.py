"""Who is a professional investor from which day until which."""

from __future__ import annotations

from datetime import date
from typing import Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.customers.models import Customer
from brokerage.reference.dated import DateRange
from suitability.models.status_requests import KindChoice, StatusRequest
from suitability.rules.grades import ProfessionalKind

MAY_CHANGE = " - 'ended_on' - 'ended_at' - 'ended_why' - 'digest' - 'inputs' - 'result'"


class InvestorStatusQuerySet(models.QuerySet["InvestorStatus"]):
    def in_force(self, day: date) -> Self:
        """Those that count on the business date `day`, at most one a customer."""
        ended_later = Q(ended_on=None) | Q(ended_on__gt=day)
        return self.filter(ended_later, since__lte=day, until__gt=day)


class InvestorStatus(Referenced):
    """The status of a professional investor, from a granted request until its end.

    It ends by itself on `until`, when it was not proved again; before that by the customer's
    notice, or because a newer one takes its place. It is written once, and ended once.
    """

    class Why(models.TextChoices):
        NOTICE = "notice", _("back to ordinary investor, by the customer's notice")
        RENEWED = "renewed", _("proved again")

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="investor_statuses", verbose_name=_("customer")
    )
    request = models.OneToOneField(
        StatusRequest,
        models.PROTECT,
        related_name="granted",
        verbose_name=pgettext_lazy("professional investor", "application"),
    )
    kind = models.PositiveSmallIntegerField(
        pgettext_lazy("professional investor", "kind"), choices=KindChoice
    )
    since = models.DateField(_("from"))
    until = models.DateField(_("valid until"), help_text=_("The first day on which it ends."))
    granted_at = models.DateTimeField(_("granted at"))
    ended_on = models.DateField(_("ended on"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    ended_why = models.CharField(
        pgettext_lazy("professional investor", "why it ended"),
        max_length=8,
        choices=Why,
        blank=True,
    )
    inputs = EncryptedTextField(_("inputs"), default="")
    result = EncryptedTextField(_("result"), default="")
    digest = models.CharField(max_length=64, blank=True, editable=False)

    objects = InvestorStatusQuerySet.as_manager()

    class Meta:
        verbose_name = _("professional investor")
        verbose_name_plural = _("professional investors")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=KindChoice.values, until__gt=F("since")),
                name="a_professional_status_has_kind_and_days",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None, ended_at=None, ended_why="", digest="")
                | (
                    Q(ended_at__isnull=False, ended_on__isnull=False)
                    & Q(ended_on__gte=F("since"), ended_on__lte=F("until"))
                    & (Q(ended_why="renewed", digest="") | (Q(ended_why="notice") & ~Q(digest="")))
                ),
                name="an_ended_professional_status_says_when_and_why",
            ),
            ExclusionConstraint(
                name="one_professional_status_at_a_time",
                expressions=[
                    ("customer", RangeOperators.EQUAL),
                    (
                        DateRange("since", Coalesce("ended_on", "until")),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="a_professional_status_ends_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=f"""
                    IF to_jsonb(OLD){MAY_CHANGE} IS DISTINCT FROM to_jsonb(NEW){MAY_CHANGE}
                        OR (OLD.ended_on IS NOT NULL AND to_jsonb(OLD) - 'inputs' - 'result'
                            IS DISTINCT FROM to_jsonb(NEW) - 'inputs' - 'result') THEN
                        RAISE EXCEPTION 'a professional status is ended once and never changed'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="professional_statuses_are_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def professional(self) -> ProfessionalKind:
        """The kind as the rules name it."""
        return ProfessionalKind(self.kind)
