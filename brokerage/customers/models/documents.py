"""Further papers of a customer, so that one person stays one customer whichever is shown."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from brokerage.core import masking
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.customers.models.customers import FURTHER_CODES, Customer, IdType, identity_hash

TAKEN = """
PERFORM pg_advisory_xact_lock(hashtextextended(NEW.id_hash, 0));
IF EXISTS (SELECT 1 FROM customers_customer c
    WHERE c.id_hash = NEW.id_hash AND c.id <> NEW.customer_id) THEN
  RAISE EXCEPTION 'another customer has this document: id_hash'
    USING ERRCODE = 'unique_violation', CONSTRAINT = 'one_customer_for_each_document';
END IF;
RETURN NEW;
"""
"""Two tables hold papers: a lock on the hash orders two that write it at once."""


class OtherDocument(Referenced):
    """A paper besides the one that the customer is known by, such as the travel permit printed on
    a residence permit. Not for: a renewed paper of the same kind, which replaces the number.
    """

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="other_documents", verbose_name=_("customer")
    )
    id_type = models.CharField(_("document"), max_length=20, choices=IdType)
    id_number = EncryptedTextField(_("document number"))
    id_hash = models.CharField(max_length=64, unique=True, editable=False)
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("further document")
        verbose_name_plural = _("further documents")
        indexes = [models.Index(fields=["customer", "id_type"], name="documents_of_a_customer")]
        constraints = [
            models.CheckConstraint(
                condition=Q(id_type__in=FURTHER_CODES),
                name="a_further_document_stands_behind_another",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="nobody_else_has_this_document",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("id_hash", "customer_id"),
                func=TAKEN,
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_id_type_display()} {masking.identity_number(self.id_number)}"

    def set_number(self, number: str) -> None:
        """Set the number and its hash in memory; `number` without blanks."""
        self.id_number, self.id_hash = number, identity_hash(self.id_type, number)
