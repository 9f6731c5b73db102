"""Documents of active accounts that run out, and new ones that two people agree to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.acts import DECIDES, REVIEWS
from accounts.life.access import ASKS_AGAIN
from accounts.life.page import look_at_renewal
from accounts.life.states import RENEWAL_WITH_US, ClosingStatus, RenewalStatus
from accounts.models import BankChange, Closing, DocumentRenewal, Dormancy, IdDocument
from accounts.states import BY_PEOPLE, Lack
from accounts.use_cases.change_key_data import police_answer
from accounts.use_cases.execute_closing import ask_again
from accounts.use_cases.renew_document import (
    UnableToRenew,
    confirm_renewal,
    propose_renewal,
    return_renewal,
)
from brokerage.backoffice.admin import Act, ActForm, ActsAdmin, ReadOnlyAdmin
from brokerage.backoffice.people import user_of
from brokerage.core import clock, roles
from brokerage.journal.actors import Actor


class LackForm(ActForm):
    """Why the new document has to be sent again."""

    lack = forms.ChoiceField(
        label=gettext_lazy("Reason told to the customer"),
        choices=[(each.value, each.label) for each in BY_PEOPLE],
    )
    note = forms.CharField(
        label=gettext_lazy("What the customer should change"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _propose(request: HttpRequest, row: DocumentRenewal, values: dict[str, Any]) -> str:
    propose_renewal(renewal=row, officer=user_of(request), at=clock.now())
    return _("A second person decides now.")


def _confirm(request: HttpRequest, row: DocumentRenewal, values: dict[str, Any]) -> str:
    confirm_renewal(renewal=row, officer=user_of(request), at=clock.now())
    return _("The new document counts from now on.")


def _return(request: HttpRequest, row: DocumentRenewal, values: dict[str, Any]) -> str:
    return_renewal(
        renewal=row,
        officer=user_of(request),
        lack=Lack(values["lack"]),
        note=values["note"],
        at=clock.now(),
    )
    return _("The customer is asked to send it again.")


@admin.register(IdDocument)
class IdDocumentAdmin(ReadOnlyAdmin):
    """How long the documents of active accounts are valid, and what that closes."""

    section = "business"
    icon = "clock"
    order = 14
    list_display = ["__str__", "status", "valid_to", "status_since"]
    list_filter = ["status"]
    list_select_related = ["application"]
    fields = ["application", "status", "valid_to", "status_since", "stopped", "rule_version"]


@admin.register(DocumentRenewal)
class DocumentRenewalAdmin(ActsAdmin):
    """New documents of customers: what differs, the photos, and two people."""

    section = "business"
    icon = "doc"
    order = 13
    list_display = ["__str__", "status", "sent_at", "proposed_by", "decided_by"]
    list_filter = ["status", "changes_key_data"]
    list_select_related = ["application", "proposed_by", "decided_by"]
    change_form_template = "accounts/review/renewal.html"
    fields = ["application", "status", "changes_key_data", "police", "sent_at", "lack", "note"]
    fields += ["proposed_by", "decided_by", "decided_at"]
    acts = (
        Act(
            key="propose",
            title=gettext_lazy("Agree to the new document"),
            button=gettext_lazy("The new document is right"),
            right=REVIEWS,
            run=_propose,
            shown=lambda user, row: row.status == RenewalStatus.SENT,
            refusals=(UnableToRenew,),
        ),
        Act(
            key="confirm",
            title=gettext_lazy("Confirm the new document"),
            button=gettext_lazy("Confirm it"),
            right=DECIDES,
            run=_confirm,
            shown=lambda user, row: (
                row.status == RenewalStatus.PROPOSED and row.proposed_by_id != user.pk
            ),
            refusals=(UnableToRenew,),
            note=gettext_lazy("What was limited for the old document is open again at once."),
        ),
        Act(
            key="return",
            title=gettext_lazy("Ask for it again"),
            button=gettext_lazy("Return it"),
            right=REVIEWS,
            form=LackForm,
            run=_return,
            shown=lambda user, row: row.status in RENEWAL_WITH_US,
            refusals=(UnableToRenew,),
            kind="2",
        ),
    )

    @admin.display(description=gettext_lazy("police check of the change"))
    def police(self, row: DocumentRenewal) -> str:
        """What the police said of another name or number; empty where nothing changes."""
        check = police_answer(row) if row.changes_key_data else None
        return (check.get_result_display() or check.get_status_display()) if check else ""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        looks = roles.may(request.user, REVIEWS, DECIDES)
        if row is not None and looks and row.status in RENEWAL_WITH_US:
            context["look"] = look_at_renewal(row)
        return super().render_change_form(request, context, *args, **kwargs)


def _ask_again(request: HttpRequest, row: Closing, values: dict[str, Any]) -> str:
    ask_again(closing=row, actor=Actor.of(user_of(request)), at=clock.now())
    return _("It is asked again.")


@admin.register(Closing)
class ClosingAdmin(ActsAdmin):
    """Accounts that customers close: the promise, and what is in the way."""

    section = "business"
    icon = "x"
    order = 15
    list_display = ["__str__", "status", "due_at", "problem", "confirmed_at"]
    list_filter = ["status"]
    list_select_related = ["application"]
    fields = ["application", "status", "asked_at", "confirmed_at", "begins_at", "due_at"]
    fields += ["rule_version", "tries", "problem", "ended_at"]
    acts = (
        Act(
            key="again",
            title=gettext_lazy("Ask again"),
            button=gettext_lazy("Ask again"),
            right=ASKS_AGAIN,
            run=_ask_again,
            shown=lambda user, row: row.status == ClosingStatus.RUNNING and bool(row.problem),
            note=gettext_lazy("Settle with depository or bank first what is in the way."),
        ),
    )


@admin.register(BankChange)
class BankChangeAdmin(ReadOnlyAdmin):
    """Customers who name another bank or card, and what the bank has against it."""

    section = "business"
    icon = "swap"
    order = 17
    list_display = ["__str__", "application", "status", "bank", "replaces", "confirmed_at"]
    list_filter = ["status"]
    list_select_related = ["application"]
    fields = ["application", "status", "bank", "replaces", "blockers", "asked_at"]
    fields += ["confirmed_at", "ended_at"]


@admin.register(Dormancy)
class DormancyAdmin(ReadOnlyAdmin):
    """Accounts that nobody uses: told before, limited, woken by their customers."""

    section = "business"
    icon = "pause"
    order = 19
    list_display = ["__str__", "status", "told_on", "rests_on", "ended_at"]
    list_filter = ["status"]
    list_select_related = ["application"]
    fields = ["application", "status", "told_on", "rests_on", "stopped", "rule_version"]
    fields += ["woken_at", "opens_on", "ended_at"]
