"""Asking to be a professional investor: the request, its proofs, its tests of knowledge."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable
from brokerage.customers.models import Customer
from suitability.labels import FACTS
from suitability.models.channels import WITH_PLACE_AND_PERSON, ToldSomewhere
from suitability.rules.conditions import Proof
from suitability.rules.grades import ProfessionalKind
from suitability.states import (
    REQUEST_ENDED,
    REQUEST_OPEN_TO_CUSTOMER,
    REQUEST_TRANSITIONS,
    RequestStatus,
)

ENDED = sorted(REQUEST_ENDED)
CIPHERTEXT = " - 'purpose' - 'extra' - 'reason' - 'inputs' - 'result'"
"""May be written anew when keys are rotated; the digest keeps what was decided."""

DECIDED = Q(status__in=[RequestStatus.GRANTED, RequestStatus.REFUSED])
LOOKED_AT = Q(examined_by__isnull=False, examined_at__isnull=False, favourable__isnull=False)
# A withdrawn request keeps how far it came, so it is held to nothing but its own instant.
SENT = Q(submitted_at__isnull=False, accepted_at__isnull=False, explained_at__isnull=False)


class KindChoice(models.IntegerChoices):
    """The five kinds of Order 130, and those who are converted on application."""

    LICENSED = ProfessionalKind.LICENSED.value, _("Licensed financial institution")
    PRODUCT = ProfessionalKind.PRODUCT.value, _("Product of a licensed institution")
    STATUS = (
        ProfessionalKind.STATUS.value,
        _("Social security, annuity, charity, QFII or RQFII"),
    )
    ORGANISATION = ProfessionalKind.ORGANISATION.value, _("Legal person or other organisation")
    PERSON = ProfessionalKind.PERSON.value, _("Natural person")
    CONVERTED = ProfessionalKind.CONVERTED.value, _("Converted on application")


class StatusRequestQuerySet(models.QuerySet["StatusRequest"]):
    def open(self) -> Self:
        """Neither decided nor withdrawn."""
        return self.exclude(status__in=ENDED)

    def waiting(self) -> Self:
        """With the officers."""
        return self.filter(status__in=[RequestStatus.SUBMITTED, RequestStatus.EXAMINED])


class StatusRequest(ToldSomewhere, Referenced, Stateful):
    """One application to be treated as a professional investor, with all that it rests on.

    Life: put together by the customer (what is given up is explained and accepted, proofs with
    files, for a conversion a test) → sent → examined by one officer, who says grant or refuse
    with the reason → decided by another; or sent back to the customer, or withdrawn before it is
    decided. An ended request never changes. `channel` is where the explanation was given.
    Not for: the way back (`InvestorStatus`).
    """

    TRANSITIONS: ClassVar[StateTable] = REQUEST_TRANSITIONS

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="status_requests", verbose_name=_("customer")
    )
    kind = models.PositiveSmallIntegerField(
        pgettext_lazy("professional investor", "kind"), choices=KindChoice
    )
    status = models.CharField(
        _("status"), max_length=10, choices=RequestStatus, default=RequestStatus.DRAFT
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    purpose = EncryptedTextField(_("why the customer asks"), default="")
    extra = EncryptedTextField(_("additional information"), default="")
    text = models.CharField(_("version of the explanation"), max_length=100)
    rule_version = models.CharField(_("version of the rules"), max_length=100)
    started_at = models.DateTimeField(_("started at"))
    explained_at = models.DateTimeField(_("explained at"), null=True)
    accepted_at = models.DateTimeField(_("risk accepted at"), null=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    favourable = models.BooleanField(_("the first officer is for it"), null=True)
    reason = EncryptedTextField(_("reason for the customer"), default="")
    examined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("examined by"),
    )
    examined_at = models.DateTimeField(_("examined at"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    inputs = EncryptedTextField(_("inputs"), default="")
    result = EncryptedTextField(_("result"), default="")
    digest = models.CharField(max_length=64, blank=True, editable=False)

    objects = StatusRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("application as a professional investor")
        verbose_name_plural = _("status applications")
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=~Q(status__in=ENDED),
                name="one_open_status_request_of_a_customer",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=KindChoice.values), name="a_status_request_has_a_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("examined_by")),
                name="two_officers_decide_a_status_request",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None)
                | Q(explained_at__isnull=False, accepted_at__gte=F("explained_at")),
                name="a_protection_is_given_up_after_it_was_explained",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[RequestStatus.DRAFT, RequestStatus.WITHDRAWN])
                | Q(status=RequestStatus.RETURNED, submitted_at__isnull=False)
                | (Q(status=RequestStatus.SUBMITTED) & SENT)
                | (Q(status=RequestStatus.EXAMINED) & SENT & LOOKED_AT)
                | (DECIDED & SENT & LOOKED_AT),
                name="a_status_request_has_its_steps",
            ),
            models.CheckConstraint(
                condition=(
                    DECIDED & Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(digest="")
                )
                | (~DECIDED & Q(decided_by=None, decided_at=None, digest="")),
                name="a_decided_status_request_keeps_its_decision",
            ),
            models.CheckConstraint(
                condition=~DECIDED
                | Q(status=RequestStatus.GRANTED, favourable=True)
                | Q(status=RequestStatus.REFUSED, favourable=False),
                name="the_second_officer_decides_what_the_first_proposed",
            ),
            models.CheckConstraint(
                condition=Q(status=RequestStatus.WITHDRAWN, withdrawn_at__isnull=False)
                | (~Q(status=RequestStatus.WITHDRAWN) & Q(withdrawn_at=None)),
                name="a_withdrawn_status_request_says_when",
            ),
            models.CheckConstraint(
                condition=WITH_PLACE_AND_PERSON,
                name="an_explanation_at_an_outlet_has_place_and_person",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="ended_status_requests_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status__in=ENDED),
                func=f"""
                    IF to_jsonb(OLD){CIPHERTEXT} IS DISTINCT FROM to_jsonb(NEW){CIPHERTEXT} THEN
                        RAISE EXCEPTION 'an ended status request is never changed'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(
                name="sent_status_requests_are_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__submitted_at__isnull=False),
            ),
        ]

    def get_absolute_url(self) -> str:
        """The customer's page of it."""
        return reverse("suitability:status_request", args=[self.ref])

    @property
    def professional(self) -> ProfessionalKind:
        """The kind as the rules name it."""
        return ProfessionalKind(self.kind)

    @property
    def is_conversion(self) -> bool:
        """Whether an ordinary investor asks to be treated as a professional one."""
        return self.professional is ProfessionalKind.CONVERTED

    @property
    def is_open_to_customer(self) -> bool:
        """Whether the customer may still change it."""
        return self.status in REQUEST_OPEN_TO_CUSTOMER


class StatusProof(Referenced):
    """One fact of a request: what the customer claims as of a day, the files, what was found.

    `files` are refs of stored files (purpose `suitability.class_evidence`). Amounts are yuan or
    months. What the officer found counts in the decision, the claim never does.
    """

    request = models.ForeignKey(
        StatusRequest,
        models.PROTECT,
        related_name="proofs",
        verbose_name=pgettext_lazy("professional investor", "application"),
    )
    fact = models.CharField(_("fact"), max_length=40, choices=list(FACTS.items()))
    claimed = EncryptedTextField(_("claimed"), default="")
    as_of = models.DateField(_("as of"))
    files = models.JSONField(_("files"), default=list)
    given_at = models.DateTimeField(_("proof given at"))
    accepted = models.BooleanField(_("accepted"), null=True)
    found = EncryptedTextField(_("found"), default="")

    class Meta:
        verbose_name = _("proof")
        verbose_name_plural = _("proofs")
        constraints = [
            models.UniqueConstraint(
                fields=["request", "fact"], name="a_fact_is_proved_once_in_a_request"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_fact_display())

    @property
    def as_claimed(self) -> Proof:
        """What the customer says."""
        return _proof(self.claimed, self.as_of)

    @property
    def as_found(self) -> Proof | None:
        """What the first officer found in the files; None where nothing was accepted."""
        return _proof(self.found, self.as_of) if self.accepted else None


def _proof(amount: str | None, as_of: date) -> Proof:
    if not amount:
        return Proof(holds=True, as_of=as_of)
    return Proof(amount=Decimal(amount), as_of=as_of)


class KnowledgeTest(Referenced):
    """One test of knowledge within a request. Life: begun with drawn questions → sent, marked.

    `inputs` and `result` are canonical JSON (`rules.knowledge`); a sent test never changes.
    """

    request = models.ForeignKey(
        StatusRequest,
        models.PROTECT,
        related_name="tests",
        verbose_name=pgettext_lazy("professional investor", "application"),
    )
    rule_version = models.CharField(_("version of the rules"), max_length=100)
    drawn = models.JSONField(_("questions"), default=list)
    started_at = models.DateTimeField(_("started at"))
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    score = models.PositiveSmallIntegerField(_("points"), null=True)
    passed = models.BooleanField(_("passed"), null=True)
    inputs = EncryptedTextField(_("inputs"), default="")
    result = EncryptedTextField(_("result"), default="")

    class Meta:
        verbose_name = _("test of knowledge")
        verbose_name_plural = _("tests of knowledge")
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(submitted_at=None),
                name="one_open_test_of_a_request",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None, score=None, passed=None)
                | Q(
                    submitted_at__gte=F("started_at"),
                    score__isnull=False,
                    score__lte=100,
                    passed__isnull=False,
                ),
                name="a_sent_test_has_its_marks",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="sent_tests_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__submitted_at__isnull=False),
                func="""
                    IF to_jsonb(OLD) - 'inputs' - 'result'
                        IS DISTINCT FROM to_jsonb(NEW) - 'inputs' - 'result' THEN
                        RAISE EXCEPTION 'a sent test is never changed'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    @property
    def answers(self) -> Mapping[str, str]:
        """Key of the question → of the answer; empty before it is sent."""
        loaded: dict[str, Any] = json.loads(self.inputs) if self.inputs else {}
        found: dict[str, str] = loaded.get("answers", {})
        return found
