"""Who proved to be a qualified investor for private funds or for asset-management plans."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.models.dated import Dated, DatedQuerySet
from brokerage.core.fields import EncryptedTextField
from brokerage.core.four_eyes import FourEyed, FourEyedQuerySet, decided_rows_stay
from brokerage.core.models import Referenced
from brokerage.customers.models import Customer
from products.states import QualifiedFor, WealthFact


class QualifiedInvestorQuerySet(DatedQuerySet, FourEyedQuerySet[Any]):  # type: ignore[override]  # as_manager() gives another class
    """By date and decision."""


class QualifiedInvestor(Referenced, FourEyed, Dated):
    """One proof that a customer meets the law's test for private funds, or for plans.

    Life: proposed by who saw the document → agreed to or sent back by a second person; it ends
    by itself so many months after the day that the document is of. The thresholds are those of
    the dated rows `permission.private_fund` and `permission.plan_…`; they are looked at when it is
    proposed and again when it is agreed to. Source: domain handbook 5. Not for: professional
    investors, whose own proof counts (`products.qualified`).
    """

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="qualified_proofs", verbose_name=_("customer")
    )
    products = models.CharField(
        pgettext_lazy("qualified investor", "for"), max_length=8, choices=QualifiedFor.choices
    )
    fact = models.CharField(
        pgettext_lazy("qualified investor", "what was proved"),
        max_length=30,
        choices=WealthFact.choices,
    )
    amount = EncryptedTextField(pgettext_lazy("qualified investor", "proved amount in yuan"))
    as_of = models.DateField(pgettext_lazy("qualified investor", "as of"))
    first_trade = models.DateField(
        _("first investment"),
        null=True,
        blank=True,
        help_text=_("Asked of persons for plans: two years of investing."),
    )
    document = models.CharField(
        pgettext_lazy("qualified investor", "document"),
        max_length=80,
        help_text=_("What was shown and checked, with its number."),
    )
    rule_version = models.CharField(_("version of the rules"), max_length=300, editable=False)

    objects: ClassVar[Any] = QualifiedInvestorQuerySet.as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = _("qualified investor")
        verbose_name_plural = _("qualified investors")
        triggers = [decided_rows_stay(but_shorten="valid_to")]
        indexes = [models.Index(fields=["customer", "products"], name="qualified_by_customer")]
        constraints = [
            *FourEyed.Meta.constraints,
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(valid_to__isnull=False, as_of__lte=F("valid_from")),
                name="a_qualified_investor_has_days_of_a_proof",
            ),
            models.CheckConstraint(
                condition=Q(products__in=QualifiedFor.values, fact__in=WealthFact.values)
                & ~Q(document="")
                & ~Q(rule_version=""),
                name="a_qualified_investor_says_what_was_proved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer.shown} {self.get_products_display()}"
