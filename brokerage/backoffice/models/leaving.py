"""Who looked at personal data, and what was exported."""

from __future__ import annotations

from typing import Self
from uuid import UUID

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from brokerage.core.fields import EncryptedTextField
from brokerage.core.four_eyes import FourEyed, FourEyedQuerySet
from brokerage.core.models import Referenced


class Purpose(models.TextChoices):
    """Why somebody needs a value in plain text."""

    CONTACT = "contact", _("Contact the customer")
    VERIFY = "verify", _("Check identity or documents")
    COMPLAINT = "complaint", _("Handle a complaint")
    INSPECTION = "inspection", _("Inspection or audit")
    AUTHORITY = "authority", _("Request of an authority")
    CORRECTION = "correction", _("Correct data at the customer's wish")


class Reveal(Referenced):
    """One look at one value in plain text; written once, never changed."""

    at = models.DateTimeField(_("at"))
    user_ref = models.UUIDField(_("who"))
    subject_type = models.CharField(_("kind of record"), max_length=60)
    subject_ref = models.UUIDField(_("record"))
    field = models.CharField(_("field"), max_length=60)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("look at personal data")
        verbose_name_plural = _("looks at personal data")
        permissions = [
            ("reveal_personal_data", "Can see personal data in plain text"),
            ("see_jobs", "Can look at background work"),
            ("retry_jobs", "Can put failed work back into its queue"),
        ]
        indexes = [
            models.Index(fields=["user_ref", "-at"], name="reveals_of_a_person"),
            models.Index(fields=["subject_ref", "-at"], name="reveals_of_a_record"),
        ]
        triggers = [
            pgtrigger.Protect(name="looks_stay", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.subject_type}.{self.field}"


class ExportQuerySet(FourEyedQuerySet["Export"]):
    def of(self, user_ref: UUID) -> Self:
        """The exports that a person asked for."""
        return self.filter(made_by_ref=user_ref)


class Export(Referenced, FourEyed):
    """A list that somebody takes out of the system; a second person agrees before it is made.

    It holds the rows that its maker could see when the file was made, masked as on the screen.
    """

    model_label = models.CharField(_("list"), max_length=60)
    filters = models.JSONField(_("filters"), default=dict)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    reason = models.CharField(_("reason"), max_length=200)
    row_count = models.PositiveIntegerField(_("rows"), null=True, editable=False)
    finished_at = models.DateTimeField(_("finished at"), null=True, editable=False)

    objects = ExportQuerySet.as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        constraints = [
            *FourEyed.Meta.constraints,
            models.CheckConstraint(
                condition=Q(finished_at=None, row_count=None)
                | Q(decision="approved", finished_at__isnull=False, row_count__isnull=False),
                name="only_an_approved_export_is_made",
            ),
        ]

    def __str__(self) -> str:
        return self.model_label


class ExportPart(Referenced):
    """Some lines of an export's file, encrypted; goes a week after the file was made."""

    export = models.ForeignKey(Export, models.PROTECT, related_name="parts")
    number = models.PositiveIntegerField()
    body = EncryptedTextField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["export", "number"], name="parts_have_numbers")
        ]

    def __str__(self) -> str:
        return f"{self.export_id}/{self.number}"
