"""Documents that prove a condition of a permission: each row is one fact of one customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import PermissionProof
from accounts.permissions.events import PermissionProofTaken
from accounts.permissions.states import MONTHS_PROVED, ProvedFact
from branches.imports.fields import day, text
from brokerage.backoffice.imports import Column, Importer, Values
from brokerage.core import clock, scope
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User


class PermissionProofList(Importer):
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
        seen = scope.visible(Customer, user).filter(ref__in=refs).values_list("ref", flat=True)
        taken = PermissionProof.objects.filter(customer__ref__in=refs)
        known = set(taken.values_list("customer__ref", "fact", "document"))
        return set(seen), known, clock.today()

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

    def take(self, row: Values, *, maker: User, checker: User, at: datetime) -> UUID | None:
        customer = scope.visible(Customer, maker).get(ref=row["customer"])
        if customer.user_id in (maker.pk, checker.pk):
            raise ValidationError(_("Nobody takes a document of their own."))
        made = PermissionProof.objects.create(
            customer=customer,
            brought_by_ref=maker.ref,
            released_by_ref=checker.ref,
            taken_at=at,
            **{name: given for name, given in row.items() if name != "customer"},
        )
        event = PermissionProofTaken(subject=made.ref, customer=customer.ref, fact=made.fact)
        record(event, actor=Actor.of(maker), at=at)
        return customer.ref

    def record_of(self, ref: UUID, *, user: User) -> Any:
        return scope.visible(Customer, user).filter(ref=ref).first()


PERMISSION_PROOF_LIST = PermissionProofList()
