"""The document that an active account rests on, and the way to a new one."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.life.states import (
    DOCUMENT_TRANSITIONS,
    RENEWAL_OPEN,
    RENEWAL_TRANSITIONS,
    Ability,
    DocumentStatus,
    RenewalStatus,
)
from accounts.models.application import Application
from accounts.states import Lack
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable


class IdDocument(Referenced, Stateful):
    """How long the document of an active account is valid, and what follows when it is not.

    Life: valid → ending, expired, limited as the days pass, and valid again with a renewal.
    Holds its last day only; the document itself stands in the customer's profile.
    """

    TRANSITIONS: ClassVar[StateTable] = DOCUMENT_TRANSITIONS

    application = models.OneToOneField(
        Application, models.PROTECT, related_name="id_document", verbose_name=_("application")
    )
    valid_to = models.DateField(_("valid until"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=8, choices=DocumentStatus, default=DocumentStatus.VALID
    )
    status_since = models.DateTimeField(_("in this status since"))
    stopped = ArrayField(
        models.CharField(max_length=8, choices=Ability),
        verbose_name=_("closed"),
        default=list,
        blank=True,
    )
    rule_version = models.CharField(_("rule"), max_length=60, blank=True)
    looked_on = models.DateField(_("last checked on"), null=True, blank=True)

    class Meta:
        verbose_name = _("identity document of an account")
        verbose_name_plural = _("identity documents of accounts")
        indexes = [models.Index(fields=["valid_to", "looked_on"], name="documents_by_their_end")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=False) | Q(status=DocumentStatus.VALID),
                name="a_document_without_end_is_valid",
            ),
            models.CheckConstraint(
                condition=Q(status=DocumentStatus.LIMITED) & ~Q(stopped=[])
                | (~Q(status=DocumentStatus.LIMITED) & Q(stopped=[])),
                name="a_limited_account_says_what_is_closed",
            ),
        ]

    def __str__(self) -> str:
        return self.application.case_number


class DocumentReminder(models.Model):
    """One rung of the ladder that was told, once for each end of a document."""

    document = models.ForeignKey(IdDocument, models.PROTECT, related_name="reminders")
    valid_to = models.DateField(_("valid until"))
    days = models.PositiveSmallIntegerField(_("days before the end"))
    told_at = models.DateTimeField(_("told at"))

    class Meta:
        verbose_name = _("reminder of a document")
        verbose_name_plural = _("reminders of documents")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "valid_to", "days"], name="a_rung_is_told_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.days}"


class DocumentRenewal(Referenced, Stateful):
    """A new document of an active customer: photographed at home, agreed to by two people.

    Where it bears another name or number (`changes_key_data`), the police are asked about the new
    ones before anybody agrees, and the depository is told afterwards. The old ones stay in the
    earlier versions of the profile, and what was signed stays signed as it was.
    """

    TRANSITIONS: ClassVar[StateTable] = RENEWAL_TRANSITIONS

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="renewals", verbose_name=_("application")
    )
    status = models.CharField(
        _("status"), max_length=10, choices=RenewalStatus, default=RenewalStatus.DRAFT
    )
    version = models.PositiveIntegerField(_("version"), default=0)
    values = EncryptedTextField(_("answers"), default="{}")
    changes_key_data = models.BooleanField(_("other name or number"), default=False)
    begun_at = models.DateTimeField(_("begun at"))
    sent_at = models.DateTimeField(pgettext_lazy("application", "sent at"), null=True, blank=True)
    lack = models.CharField(_("reason"), max_length=12, choices=Lack, blank=True)
    note = models.CharField(_("note to the customer"), max_length=300, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("agreed first"),
        null=True,
        blank=True,
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("decided by"),
        null=True,
        blank=True,
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("renewal of a document")
        verbose_name_plural = _("renewals of documents")
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(status__in=RENEWAL_OPEN),
                name="one_open_renewal_of_an_account",
            ),
            models.CheckConstraint(
                condition=Q(status=RenewalStatus.DRAFT) | Q(sent_at__isnull=False),
                name="a_sent_renewal_says_when",
            ),
            models.CheckConstraint(
                condition=(Q(status=RenewalStatus.RETURNED) & ~Q(lack=""))
                | (~Q(status=RenewalStatus.RETURNED) & Q(lack="", note="")),
                name="a_returned_renewal_says_why",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=RenewalStatus.CONFIRMED,
                    proposed_by__isnull=False,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                )
                | (~Q(status=RenewalStatus.CONFIRMED) & Q(decided_by=None, decided_at=None)),
                name="a_confirmed_renewal_was_decided",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by=None)
                | Q(decided_by=None)
                | ~Q(proposed_by=F("decided_by")),
                name="two_people_agree_to_a_document",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by__isnull=False)
                | ~Q(status__in=[RenewalStatus.PROPOSED, RenewalStatus.CONFIRMED]),
                name="an_agreed_renewal_says_by_whom",
            ),
        ]

    @property
    def answers(self) -> dict[str, Any]:
        """Photographs and dates by the names of the identity section; new_name, new_number."""
        found: dict[str, Any] = json.loads(self.values or "{}")
        return found

    @property
    def wanted(self) -> tuple[str, str]:
        """Name and number as the new document bears them."""
        customer, given = self.application.customer, self.answers
        name = given.get("new_name") or customer.name or ""
        return name, given.get("new_number") or customer.id_number or ""
