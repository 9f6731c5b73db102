"""Documents that prove a condition of a permission: each row is one fact of one customer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import PermissionProof
from accounts.permissions.events import PermissionProofTaken
from accounts.permissions.states import MONTHS_PROVED, ProvedFact
from branches.imports.fields import day, text
from brokerage.backoffice.imports import Column, Values
from brokerage.core import clock
from brokerage.users.models import User
from suitability.imports.brought import BroughtDocuments


class PermissionProofList(BroughtDocuments):
    """What customers showed at an outlet; nothing is changed afterwards."""

    key = "permission-proofs"
    label = _("Proofs for trading permissions")
    intro = _(
        "Documents that customers showed at an outlet: work in finance, trades in financial "
        "futures. They count as conditions of trading permissions."
    )
    icon = "doc"
    permission = "accounts.add_permissionproof"
    unique = ("customer", "fact", "document")
    model = PermissionProof
    event = PermissionProofTaken
    own = _("Nobody takes a document of their own.")
    columns = (
        Column(
            "customer",
            forms.UUIDField(label=_("Reference number of the customer")),
            "8d1c2f64-9a53-4b0e-8f57-0a5e1c1d2b3a",
            ("客户",),
        ),
        Column(
            "fact",
            forms.ChoiceField(
                label=_("What is proved"),
                choices=ProvedFact.choices,
                help_text=", ".join(ProvedFact.values),
            ),
            ProvedFact.FINANCE_WORK.value,
            ("事项",),
        ),
        Column(
            "months",
            forms.IntegerField(
                label=_("Months of work"),
                min_value=1,
                max_value=800,
                required=False,
                help_text=_("Only for work in finance."),
            ),
            "36",
            ("月数",),
        ),
        day("as_of", _("Date of the document"), "2026-02-27"),
        text("document", _("Issuer and number of the document"), "江禾证券 2026-0031", most=60),
    )

    def facts(self, rows: Sequence[Values], *, user: User) -> Any:
        refs = {row["customer"] for row in rows if "customer" in row}
        taken = PermissionProof.objects.filter(customer__ref__in=refs)
        known = set(taken.values_list("customer__ref", "fact", "document"))
        return self.seen(rows, user), known, clock.today()

    def check(self, row: Values, facts: Any, *, user: User) -> None:
        seen, known, today = facts
        errors: dict[str, Any] = {}
        if row["customer"] not in seen:
            errors["customer"] = _("None of your customers has this reference number.")
        if (row["customer"], row["fact"], row["document"]) in known:
            errors["document"] = _("This document was taken before.")
        if (row["fact"] in MONTHS_PROVED) != bool(row["months"]):
            errors["months"] = _("Months are written for work in finance, and only there.")
        if row["as_of"] > today:
            errors["as_of"] = _("This day has not come yet.")
        if errors:
            raise ValidationError(errors)


PERMISSION_PROOF_LIST = PermissionProofList()
