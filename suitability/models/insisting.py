"""A customer insists on what does not suit them: every step with its instant."""

from __future__ import annotations

from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable
from brokerage.customers.models import Customer
from suitability.models.channels import WITH_PLACE_AND_PERSON, ToldSomewhere
from suitability.models.decisions import CIPHERTEXT, MatchRecord
from suitability.states import INSIST_TRANSITIONS, InsistStatus

# A comparison with NULL counts as fulfilled in a check constraint, so each names that it is there.
WAS_WARNED = Q(warned_at__isnull=False) & Q(warned_at__gte=F("asked_at"))
HAD_ACKNOWLEDGED = Q(acknowledged_at__isnull=False) & Q(acknowledged_at__gte=F("warned_at"))


class InsistQuerySet(models.QuerySet["InsistCase"]):
    def open(self) -> Self:
        """Neither confirmed nor given up."""
        return self.exclude(status__in=[InsistStatus.CONFIRMED, InsistStatus.WITHDRAWN])


class InsistCase(ToldSomewhere, Referenced, Stateful):
    """The trace of one insist route, online or at an outlet.

    Life: asked (in the customer's own words) → warned (the page was given out) → acknowledged →
    confirmed again after the pause, or withdrawn at any step before. Confirming asks matching
    anew. It counts on the business date of its decision only, and it is no order. At an outlet it
    names place and person, and a double recording that passed its check is asked for besides.
    """

    TRANSITIONS: ClassVar[StateTable] = INSIST_TRANSITIONS

    record = models.OneToOneField(
        MatchRecord, models.PROTECT, related_name="insist", verbose_name=_("matching decision")
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="insist_cases", verbose_name=_("customer")
    )
    status = models.CharField(
        _("status"), max_length=12, choices=InsistStatus, default=InsistStatus.ASKED
    )
    wish = EncryptedTextField(_("how the customer came to it"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    warning = models.CharField(_("version of the warning"), max_length=100)
    rule_version = models.CharField(_("version of the rules"), max_length=100)
    asked_at = models.DateTimeField(_("asked at"))
    warned_at = models.DateTimeField(_("warned at"), null=True)
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    inputs = EncryptedTextField(_("inputs"), blank=True)
    result = EncryptedTextField(_("result"), blank=True)
    digest = models.CharField(max_length=64, blank=True, editable=False)

    objects = InsistQuerySet.as_manager()

    class Meta:
        verbose_name = _("insist case")
        verbose_name_plural = _("insist cases")
        constraints = [
            models.CheckConstraint(
                condition=WITH_PLACE_AND_PERSON,
                name="an_insist_case_at_an_outlet_has_place_and_person",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[InsistStatus.ASKED, InsistStatus.WITHDRAWN])
                | (Q(status=InsistStatus.WARNED) & WAS_WARNED)
                | (Q(status=InsistStatus.ACKNOWLEDGED) & WAS_WARNED & HAD_ACKNOWLEDGED)
                | (
                    Q(status=InsistStatus.CONFIRMED, confirmed_at__isnull=False)
                    & Q(confirmed_at__gt=F("acknowledged_at"))
                    & WAS_WARNED
                    & HAD_ACKNOWLEDGED
                ),
                name="an_insist_case_has_its_steps_in_order",
            ),
            models.CheckConstraint(
                condition=(Q(status=InsistStatus.CONFIRMED) & ~Q(digest=""))
                | (~Q(status=InsistStatus.CONFIRMED) & Q(digest="", confirmed_at=None)),
                name="a_confirmed_insist_case_keeps_its_decision",
            ),
            models.CheckConstraint(
                condition=Q(status=InsistStatus.WITHDRAWN, withdrawn_at__isnull=False)
                | (~Q(status=InsistStatus.WITHDRAWN) & Q(withdrawn_at=None)),
                name="a_withdrawn_insist_case_says_when",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="ended_insist_cases_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status__in=["confirmed", "withdrawn"]),
                func=f"""
                    IF to_jsonb(OLD){CIPHERTEXT} - 'wish'
                        IS DISTINCT FROM to_jsonb(NEW){CIPHERTEXT} - 'wish' THEN
                        RAISE EXCEPTION 'an ended insist case is never changed'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="insist_cases_are_kept", operation=pgtrigger.Delete),
        ]
