"""A customer's later tax declaration, signed with a code."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.application import Application
from accounts.models.codes import SignedByCode, sealed_with_its_file
from accounts.tax_changes.states import (
    COUNTED,
    DECLARATION_OPEN,
    DECLARATION_TRANSITIONS,
    WITH_US,
    DeclarationStatus,
)
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable


class TaxDeclarationQuerySet(models.QuerySet["TaxDeclaration"]):
    def counting(self) -> Self:
        """The one of each account that counts now; none where that of the opening still does."""
        return self.filter(status=DeclarationStatus.COUNTS)

    def signed(self) -> Self:
        """Signed, whatever became of it."""
        return self.exclude(signed_at=None)

    def to_seal(self, before: datetime) -> Self:
        """Signed before the instant `before`, and without the signed file."""
        return self.filter(signed_at__lte=before, sealed_at=None)


class TaxDeclaration(SignedByCode, Referenced, Stateful):
    """One declaration of an active account that replaces the one before it.

    Life: filled in → signed with the code that was sent for exactly these words → counts at once,
    or, where something does not fit together, when two people have agreed to the explanation.
    The one before ends at that instant; what was signed is never changed. A returned one stays
    as it is, and the customer begins another.

    Not for: the first declaration, which is signed with the agreements (`Pack.declaration`).
    """

    TRANSITIONS: ClassVar[StateTable] = DECLARATION_TRANSITIONS

    application = models.ForeignKey(
        Application,
        models.PROTECT,
        related_name="tax_declarations",
        verbose_name=_("application"),
    )
    status = models.CharField(
        _("status"), max_length=10, choices=DeclarationStatus, default=DeclarationStatus.DRAFT
    )
    version = models.PositiveIntegerField(_("version"), default=0)
    values = EncryptedTextField(_("answers"), default="{}")
    changed_on = models.DateField(_("true since"), null=True, blank=True)
    begun_at = models.DateTimeField(_("begun at"))
    declaration = EncryptedTextField(_("tax declaration"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    signer = EncryptedTextField(_("signer"), null=True, blank=True)
    explained = models.BooleanField(_("something had to be explained"), default=False)
    late = models.BooleanField(_("declared late"), default=False)
    rule_version = models.CharField(_("rule"), max_length=60, blank=True)
    counts_from = models.DateTimeField(_("counts since"), null=True, blank=True)
    counts_to = models.DateTimeField(_("counted until"), null=True, blank=True)
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
    certificate = models.TextField(_("certificate"), blank=True, editable=False)
    certificate_serial = models.CharField(_("certificate number"), max_length=50, blank=True)
    file_ref = models.UUIDField(_("file"), null=True, blank=True)
    file_sha256 = models.CharField(_("hash of the file"), max_length=64, blank=True)
    sealed_at = models.DateTimeField(_("sealed at"), null=True, blank=True)
    seal_problem = models.CharField(_("waits for"), max_length=60, blank=True)

    objects = TaxDeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = _("later tax declaration")
        verbose_name_plural = _("later tax declarations")
        indexes = [
            models.Index(
                fields=["signed_at"],
                condition=Q(signed_at__isnull=False, sealed_at=None),
                name="tax_declarations_to_seal",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(status__in=DECLARATION_OPEN),
                name="one_open_tax_declaration_of_an_account",
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(status=DeclarationStatus.COUNTS),
                name="one_tax_declaration_counts",
            ),
            models.CheckConstraint(
                condition=Q(status=DeclarationStatus.DRAFT, signed_at=None, signer__isnull=True)
                | ~Q(status=DeclarationStatus.DRAFT)
                & Q(
                    signed_at__isnull=False,
                    signer__isnull=False,
                    declaration__isnull=False,
                    changed_on__isnull=False,
                ),
                name="a_tax_declaration_is_signed_whole",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=DeclarationStatus.COUNTS,
                    counts_to=None,
                    counts_from__gte=F("signed_at"),
                )
                | Q(
                    status=DeclarationStatus.REPLACED,
                    counts_from__gte=F("signed_at"),
                    counts_to__gte=F("counts_from"),
                )
                | ~Q(status__in=COUNTED) & Q(counts_from=None, counts_to=None),
                name="a_tax_declaration_counts_after_the_signature",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=COUNTED)
                | Q(explained=False, proposed_by=None, decided_by=None)
                | Q(explained=True, proposed_by__isnull=False, decided_by__isnull=False)
                & ~Q(proposed_by=F("decided_by")),
                name="two_people_agree_to_an_explained_declaration",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=WITH_US) | Q(explained=True),
                name="only_an_explained_declaration_waits",
            ),
            models.CheckConstraint(
                condition=~Q(status=DeclarationStatus.PROPOSED) | Q(proposed_by__isnull=False),
                name="an_agreed_declaration_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(status=DeclarationStatus.RETURNED, decided_by__isnull=False)
                & ~Q(note="")
                | ~Q(status=DeclarationStatus.RETURNED) & Q(note=""),
                name="a_returned_declaration_says_why",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="a_decided_declaration_says_when",
            ),
            models.CheckConstraint(
                condition=sealed_with_its_file(),
                name="a_sealed_tax_declaration_has_its_file",
            ),
        ]

    def __str__(self) -> str:
        return self.application.case_number

    @property
    def answers(self) -> dict[str, Any]:
        """By the names of the tax step."""
        found: dict[str, Any] = json.loads(self.values or "{}")
        return found

    @property
    def fingerprint(self) -> str:
        """SHA-256 over what a code signs; empty while there is nothing to sign."""
        from accounts.signing.declaration import digest  # it reads models

        return digest(self.declaration) if self.declaration else ""

    @property
    def can_be_signed(self) -> bool:
        """Whether a code was sent for it as it stands."""
        return self.status == DeclarationStatus.DRAFT and bool(self.code_hash and self.declaration)
