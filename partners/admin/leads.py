"""Leads: whom institutions recommend, who of ours follows them, and how they ended."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from brokerage.backoffice.admin.acts import Act, ActForm, ActsAdmin
from brokerage.backoffice.admin.adds import acting
from partners.models import Lead
from partners.states import SAID_BY_STAFF, LeadStatus
from partners.use_cases.leads import UnableToMoveLead, move_lead

END_REASONS = [(end.value, end.label) for end in SAID_BY_STAFF]


class EndForm(ActForm):
    """Why nothing came of it, as a class."""

    end_reason = forms.ChoiceField(label=gettext_lazy("Why"), choices=END_REASONS)


def _contacted(request: HttpRequest, row: Lead, values: dict[str, Any]) -> str:
    move_lead(lead=row, status=LeadStatus.CONTACTED, **acting(request))
    return _("Noted.")


def _close(request: HttpRequest, row: Lead, values: dict[str, Any]) -> str:
    move_lead(lead=row, status=LeadStatus.CLOSED, **values, **acting(request))
    return _("The lead is closed; its hand-over link works until the protection ends.")


def _may(status: LeadStatus) -> Any:
    return lambda user, row: Lead.TRANSITIONS.allows(row.status, status)


ACTS = (
    Act(
        key="contacted",
        title=gettext_lazy("Contacted"),
        note=gettext_lazy("Only for what the person agreed to: the recommendation."),
        button=gettext_lazy("Note the contact"),
        right="partners.follow_lead",
        run=_contacted,
        shown=_may(LeadStatus.CONTACTED),
        refusals=(UnableToMoveLead,),
    ),
    Act(
        key="close",
        title=gettext_lazy("Close"),
        note=gettext_lazy("The institution does not hear why."),
        button=gettext_lazy("Close the lead"),
        right="partners.follow_lead",
        form=EndForm,
        run=_close,
        shown=_may(LeadStatus.CLOSED),
        refusals=(UnableToMoveLead,),
        kind="stop",
    ),
)


@admin.register(Lead)
class LeadAdmin(ActsAdmin):
    """Whom institutions recommended."""

    section = "partners"
    icon = "user"
    order = 45
    acts = ACTS
    list_display = ["who", "partner", "unit", "status", "stage_since", "protected_until"]
    list_filter = ["status", "partner"]
    list_select_related = ["partner", "unit"]
    revealed = ("name", "phone")
    fields = ["partner", "partner_reference", "name", "phone", "unit", "status", "stage_since"]
    fields += ["first_touch", "protected_until", "rule_version", "consented_at"]
    fields += ["consent_reference", "consent_sha256", "ended_at", "end_reason", "created_at"]

    @admin.display(description=gettext_lazy("name"))
    def who(self, row: Lead) -> str:
        return row.shown

    def title_of(self, row: Any) -> str:
        return _("Lead {number}").format(number=row)
