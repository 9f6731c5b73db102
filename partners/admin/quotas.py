"""Quotas: how often a program may call, proposed here and approved by a second person."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from brokerage.backoffice.admin.adds import AddsAdmin
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock
from partners.models import ClientQuota
from partners.use_cases.quotas import UnableToLimit, propose_quota

ASKED = ("api_client", "per_minute", "reason", "valid_from", "valid_to")


@admin.register(ClientQuota)
class ClientQuotaAdmin(AddsAdmin):
    """What was agreed; a brake in an emergency stands on the page of the program."""

    section = "partners"
    icon = "clock"
    order = 51
    refusals: ClassVar = (UnableToLimit,)
    add_label = gettext_lazy("Propose a quota")
    list_display = ["api_client", "per_minute", "valid_from", "valid_to", "decision"]
    list_filter = ["decision"]
    list_select_related = ["api_client"]
    readonly_fields = ["proposed_by", "made_at", "decision", "checked_at", "rejection_reason"]

    @admin.display(description=gettext_lazy("proposed by"))
    def proposed_by(self, row: ClientQuota) -> str:
        return name_of(row.made_by_ref) if row.pk else ""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*ASKED, *self.readonly_fields] if obj else ASKED

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "change")

    def add(self, request: HttpRequest, row: Any, form: Any) -> ClientQuota:
        values = {name: form.cleaned_data[name] for name in ASKED}
        return propose_quota(maker=user_of(request), at=clock.now(), **values)
