"""What somebody proved with a document, for a condition that no register and no test tells."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.permissions.states import MONTHS_PROVED, ProvedFact
from brokerage.core.models import Referenced
from brokerage.customers.models import Customer


class PermissionProof(Referenced):
    """One fact of one customer, read from a document that was shown at an outlet.

    Brought in a list by one person and released by another; only ever added. What was proved
    counts from `as_of` on: months are those that the document certifies on that day.
    """

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="permission_proofs", verbose_name=_("customer")
    )
    fact = models.CharField(_("fact"), max_length=40, choices=ProvedFact)
    months = models.PositiveSmallIntegerField(_("months"), null=True, blank=True)
    as_of = models.DateField(_("as of"))
    document = models.CharField(pgettext_lazy("proof", "document"), max_length=60)
    brought_by_ref = models.UUIDField(_("brought by"), editable=False)
    released_by_ref = models.UUIDField(pgettext_lazy("practice", "released by"), editable=False)
    taken_at = models.DateTimeField(_("taken at"))

    objects: ClassVar[models.Manager[PermissionProof]] = models.Manager()

    class Meta:
        verbose_name = _("proof for a trading permission")
        verbose_name_plural = _("proofs for trading permissions")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "fact", "document"], name="a_document_proves_a_fact_once"
            ),
            models.CheckConstraint(
                condition=Q(fact__in=MONTHS_PROVED, months__isnull=False, months__gte=1)
                | (Q(fact__in=ProvedFact.values, months=None) & ~Q(fact__in=MONTHS_PROVED)),
                name="months_are_proved_where_they_count",
            ),
            models.CheckConstraint(condition=~Q(document=""), name="a_proof_names_its_document"),
            models.CheckConstraint(
                condition=~Q(brought_by_ref=F("released_by_ref")), name="two_people_take_a_proof"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="permission_proofs_stay", operation=pgtrigger.Update),
            pgtrigger.Protect(name="permission_proofs_are_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_fact_display()} {self.as_of}"
