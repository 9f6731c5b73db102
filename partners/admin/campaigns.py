"""Campaigns of institutions: made here too, where a code is bound to one of our people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from branches.models import StaffAssignment
from branches.selectors import units_of
from brokerage.backoffice.admin.acts import Act
from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin, acting
from brokerage.core import clock, scope
from brokerage.users.models import User
from partners.models import Campaign
from partners.selectors import counts_of
from partners.use_cases.campaigns import UnableToCampaign, end_campaign, make_campaign


class CampaignForm(AddingForm):
    """A campaign that begins now."""

    days = forms.IntegerField(
        label=pgettext_lazy("campaign", "Days"), min_value=1, max_value=366, initial=30
    )


def _end(request: HttpRequest, row: Campaign, values: dict[str, Any]) -> str:
    end_campaign(campaign=row, **acting(request))
    return _("The code leads nowhere any more.")


END = Act(
    key="end",
    title=gettext_lazy("End now"),
    note=gettext_lazy("Code and QR image lead nowhere from this moment."),
    button=gettext_lazy("End now"),
    right="partners.change_campaign",
    run=_end,
    shown=lambda user, row: row.code.ended_at is None,
    refusals=(UnableToCampaign,),
    kind="stop",
)


@admin.register(Campaign)
class CampaignAdmin(AddsAdmin):
    """Codes that institutions show, and how many came by them."""

    section = "partners"
    icon = "qr"
    order = 44
    form = CampaignForm
    refusals: ClassVar = (UnableToCampaign,)
    acts = (END,)
    add_label = gettext_lazy("Begin a campaign")
    list_display = ["name", "partner", "unit", "code", "until", "created_at"]
    list_filter = ["partner"]
    list_select_related = ["partner", "unit", "code"]
    readonly_fields = ["until", "address", "counts"]

    @admin.display(description=gettext_lazy("until"))
    def until(self, row: Campaign) -> Any:
        return row.code.ended_at or row.code.ends_at

    @admin.display(description=gettext_lazy("link"))
    def address(self, row: Campaign) -> str:
        path = f"/o/{row.code.code}/"
        return format_html('<a href="{}">{}</a>', path, path)

    @admin.display(description=gettext_lazy("begun, sent, approved"))
    def counts(self, row: Campaign) -> str:
        return " · ".join(str(number) for number in counts_of(row).values())

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = ["partner", "name", "partner_reference", "unit", "person"]
        return [*names, *self.readonly_fields] if obj else [*names, "days"]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if "person" in form.base_fields:
            today = clock.today()
            there = StaffAssignment.objects.on(today).filter(
                unit__in=units_of(request.user, today).values("pk")
            )
            people = scope.visible(User, request.user).filter(pk__in=there.values("user"))
            people = people.filter(is_active=True)
            form.base_fields["person"].queryset = people.order_by("display_name", "pk")
        return form

    def add(self, request: HttpRequest, row: Any, form: Any) -> Campaign:
        values = dict(form.cleaned_data)
        ends_at = clock.now() + timedelta(days=values.pop("days"))
        return make_campaign(ends_at=ends_at, **values, **acting(request))
