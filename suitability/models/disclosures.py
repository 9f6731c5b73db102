"""What is told before a sale to an ordinary investor: every step with its instant."""

from __future__ import annotations

from typing import ClassVar

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
from suitability.models.decisions import MatchRecord
from suitability.states import DISCLOSURE_TRANSITIONS, DisclosureStatus

CIPHERTEXT = " - 'inputs' - 'result' - 'extra'"
HAD_READ = Q(read_at__isnull=False, read_at__gte=F("shown_at"))
WAS_WARNED = Q(warned_at__isnull=False, warned_at__gte=F("read_at"))
HAD_THOUGHT = Q(accepted_at__isnull=False, accepted_at__gte=F("warned_at"))


class Disclosure(ToldSomewhere, Referenced, Stateful):
    """One customer, one item, told before the sale; begun on a decision that leaves it open.

    Life: the five items given out → acknowledged, which ends it for most; a high-risk sale goes
    on: additional information, points of risk given out → acknowledged → confirmed after the time
    to think. It counts some days (`counts_days`) for later decisions on the same item whose
    opinion and grade are the same. It is no order. At an outlet it names place and person, and
    ends only with the double recordings that the rules of the day ask for.
    """

    TRANSITIONS: ClassVar[StateTable] = DISCLOSURE_TRANSITIONS

    record = models.OneToOneField(
        MatchRecord, models.PROTECT, related_name="disclosure", verbose_name=_("matching decision")
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="disclosures", verbose_name=_("customer")
    )
    status = models.CharField(
        _("status"), max_length=10, choices=DisclosureStatus, default=DisclosureStatus.SHOWN
    )
    special = models.BooleanField(_("special procedure"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    text = models.CharField(_("version of the five items"), max_length=100)
    special_text = models.CharField(_("version of the points of risk"), max_length=100)
    rule_version = models.CharField(_("version of the rules"), max_length=100)
    shown_at = models.DateTimeField(_("five items given out at"))
    read_at = models.DateTimeField(_("five items acknowledged at"), null=True)
    extra = EncryptedTextField(_("additional information"), default="")
    warned_at = models.DateTimeField(_("points of risk given out at"), null=True)
    accepted_at = models.DateTimeField(_("points of risk acknowledged at"), null=True)
    done_at = models.DateTimeField(_("done at"), null=True)
    given_up_at = models.DateTimeField(_("given up at"), null=True)
    inputs = EncryptedTextField(_("inputs"), default="")
    result = EncryptedTextField(_("result"), default="")
    digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("disclosure before a sale")
        verbose_name_plural = _("disclosures before a sale")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[DisclosureStatus.SHOWN, DisclosureStatus.GIVEN_UP])
                | (Q(status=DisclosureStatus.READ, special=True) & HAD_READ)
                | (Q(status=DisclosureStatus.WARNED, special=True) & HAD_READ & WAS_WARNED)
                | (
                    Q(status=DisclosureStatus.THINKING, special=True)
                    & HAD_READ
                    & WAS_WARNED
                    & HAD_THOUGHT
                )
                | (Q(status=DisclosureStatus.DONE, special=False) & HAD_READ)
                | (
                    Q(status=DisclosureStatus.DONE, special=True, done_at__gt=F("accepted_at"))
                    & HAD_READ
                    & WAS_WARNED
                    & HAD_THOUGHT
                ),
                name="a_disclosure_has_its_steps_in_order",
            ),
            models.CheckConstraint(
                condition=(Q(status=DisclosureStatus.DONE, done_at__isnull=False) & ~Q(digest=""))
                | (~Q(status=DisclosureStatus.DONE) & Q(digest="", done_at=None)),
                name="a_finished_disclosure_keeps_its_decision",
            ),
            models.CheckConstraint(
                condition=Q(status=DisclosureStatus.GIVEN_UP, given_up_at__isnull=False)
                | (~Q(status=DisclosureStatus.GIVEN_UP) & Q(given_up_at=None)),
                name="a_given_up_disclosure_says_when",
            ),
            models.CheckConstraint(
                condition=WITH_PLACE_AND_PERSON,
                name="a_disclosure_at_an_outlet_has_place_and_person",
            ),
        ]
        indexes = [models.Index(fields=["customer", "-done_at"], name="disclosures_of_a_customer")]
        triggers = [
            pgtrigger.Trigger(
                name="ended_disclosures_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status__in=["done", "given_up"]),
                func=f"""
                    IF to_jsonb(OLD){CIPHERTEXT} IS DISTINCT FROM to_jsonb(NEW){CIPHERTEXT} THEN
                        RAISE EXCEPTION 'an ended disclosure is never changed'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="disclosures_are_kept", operation=pgtrigger.Delete),
        ]
