"""The questions about a customer's money, for AML roles and the customer alone."""

from __future__ import annotations

import json
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.funds.states import INQUIRY_OPEN, INQUIRY_TRANSITIONS, InquiryStatus
from accounts.models.application import Application
from accounts.states import ACCEPTED
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable


class FundsInquiryQuerySet(models.QuerySet["FundsInquiry"]):
    def open(self) -> Self:
        """Asked, or answered and not looked at yet."""
        return self.filter(status__in=INQUIRY_OPEN)

    def waiting(self) -> Self:
        """The customer has to answer; nobody who left or whose application ended."""
        return self.filter(
            status=InquiryStatus.ASKED,
            application__status__in=ACCEPTED,
            application__customer__closed_at=None,
        )


class FundsInquiry(Referenced, Stateful):
    """One time at which a customer was asked where their money comes from.

    Life: asked → answered by the customer → accepted by somebody of an AML role, or asked again
    with a note. That somebody is asked says nothing of why: the customer reads neutral words, and
    outlets do not see this row at all.
    """

    TRANSITIONS: ClassVar[StateTable] = INQUIRY_TRANSITIONS

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="inquiries", verbose_name=_("application")
    )
    status = models.CharField(
        _("status"), max_length=8, choices=InquiryStatus, default=InquiryStatus.ASKED
    )
    asked_at = models.DateTimeField(_("asked at"))
    due_on = models.DateField(_("to be answered by"))
    rule_version = models.CharField(_("rule"), max_length=60)
    values = EncryptedTextField(_("answers"), default="{}")
    proof_ref = models.UUIDField(_("file"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    note = models.CharField(_("note to the customer"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("accepted by"),
        null=True,
        blank=True,
    )
    decided_at = models.DateTimeField(_("answers accepted at"), null=True, blank=True)
    reason = models.CharField(pgettext_lazy("funds", "why"), max_length=300, blank=True)

    objects = FundsInquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("questions about a customer's money")
        verbose_name_plural = _("questions about customers' money")
        indexes = [
            models.Index(
                fields=["due_on"], condition=Q(status__in=INQUIRY_OPEN), name="open_inquiries"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(status__in=INQUIRY_OPEN),
                name="one_open_inquiry_of_an_account",
            ),
            models.CheckConstraint(
                condition=Q(status=InquiryStatus.ASKED) | Q(answered_at__isnull=False),
                name="an_answered_inquiry_says_when",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=InquiryStatus.ACCEPTED,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                )
                & ~Q(reason="")
                | ~Q(status=InquiryStatus.ACCEPTED)
                & Q(decided_by=None, decided_at=None, reason=""),
                name="an_accepted_inquiry_says_by_whom_and_why",
            ),
        ]

    def __str__(self) -> str:
        return self.application.case_number

    @property
    def answers(self) -> dict[str, Any]:
        """By the names of the form: funds and wealth as lists of words, aim, words."""
        found: dict[str, Any] = json.loads(self.values or "{}")
        return found
