"""Entry codes with their poster, and registered brokers with their certificate."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches import entry_codes
from branches.models import Broker, EntryCode
from branches.selectors import profile_on
from branches.states import CodeEnd
from branches.use_cases.brokers import UnableToRegister, end_broker, register_broker
from branches.use_cases.entry_codes import UnableToGiveCode, end_code, give_code
from brokerage.backoffice.admin.acts import Act
from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin, ReasonForm, acting
from brokerage.core import clock


class CodeForm(AddingForm):
    """A code for a place, or for a person or broker of that place."""

    class Meta:
        model = EntryCode
        fields = ("unit", "person", "broker", "purpose", "label", "ends_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "unit" in self.fields:
            self.fields["unit"].required = True


def _end_code(request: HttpRequest, row: EntryCode, values: dict[str, Any]) -> str:
    why = values["reason"]
    end_code(code=row, reason=CodeEnd.TAKEN_BACK, why=why, **acting(request))
    return _("The code leads nowhere now.")


END_CODE = Act(
    key="end",
    title=gettext_lazy("Take the code back"),
    note=gettext_lazy("Whoever scans it afterwards is told that it is not in use."),
    button=gettext_lazy("End today"),
    kind="stop",
    right="branches.add_entrycode",
    form=ReasonForm,
    run=_end_code,
    shown=lambda user, row: row.ended_at is None,
)


@admin.register(EntryCode)
class EntryCodeAdmin(AddsAdmin):
    """Links and QR codes of one's places and people."""

    section = "network"
    icon = "qr"
    order = 60
    form = CodeForm
    refusals: ClassVar = (UnableToGiveCode,)
    acts = (END_CODE,)
    change_form_template = "admin/branches/entry_code.html"
    add_label = gettext_lazy("Give out a code")
    search_fields = ["code", "label"]
    search_help = gettext_lazy("Part of the code or of where it hangs")
    list_display = ["code", "unit", "person", "broker", "purpose", "ends_at", "ended_at"]
    list_filter = ["purpose", "end_reason"]
    list_select_related = ["unit", "person", "broker"]
    export_columns = ("code", "unit", "person", "broker", "purpose", "label", "ends_at")
    readonly_fields = ["code", "starts_at", "ended_at", "end_reason", "replaced_by"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        given = ["unit", "person", "broker", "purpose", "label", "ends_at"]
        return ["code", *given, "starts_at", *self.readonly_fields[2:]] if obj else given

    def add(self, request: HttpRequest, row: Any, form: Any) -> EntryCode:
        names = ("unit", "person", "broker", "purpose", "label", "ends_at")
        return give_code(**{name: getattr(row, name) for name in names}, **acting(request))

    def own_urls(self) -> list[URLPattern]:
        poster = path(
            "<uuid:ref>/poster/",
            self.admin_site.admin_view(self.poster_view),
            name="branches_entrycode_poster",
        )
        return [poster, *super().own_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None:
            context["lives"] = entry_codes.find_living(row.code, clock.now()) is not None
            context["poster_url"] = reverse(self.url_name("poster"), args=[row.ref])
            context["code_url"] = reverse("branches:entry", args=[row.code])
        return super().render_change_form(request, context, *args, **kwargs)

    def poster_view(self, request: HttpRequest, ref: UUID) -> HttpResponse:
        """One A4 page with the code in the middle, to print."""
        row = self._row(request, ref)
        address = request.build_absolute_uri(reverse("branches:entry", args=[row.code]))
        context = {
            "code": row,
            "address": address,
            "picture": mark_safe(entry_codes.qr_svg(address)),  # noqa: S308 - made by segno
            "profile": row.unit and profile_on(row.unit, clock.today()),
        }
        return TemplateResponse(request, "admin/branches/poster.html", context)


class BrokerForm(AddingForm):
    """A registration; the number of the identity card is looked at and not kept."""

    identity_number = forms.CharField(
        label=gettext_lazy("Number of the identity card"),
        max_length=20,
        help_text=gettext_lazy("Only a fingerprint of it is kept, to find the same person again."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    class Meta:
        model = Broker
        fields = ("unit", "name_zh", "name_en", "number", "valid_from", "valid_to")


def _end_broker(request: HttpRequest, row: Broker, values: dict[str, Any]) -> str:
    end_broker(broker=row, on=clock.today(), reason=values["reason"], **acting(request))
    return _("The registration has ended.")


def _suspend_broker(request: HttpRequest, row: Broker, values: dict[str, Any]) -> str:
    reason = values["reason"]
    end_broker(broker=row, on=clock.today(), suspend=True, reason=reason, **acting(request))
    return _("The registration is suspended.")


def _holds(user: Any, row: Broker) -> bool:
    return row.holds_on(clock.today())


DEAD = gettext_lazy("Certificate and codes are dead at once.")
SUSPEND_BROKER = Act(
    key="suspend",
    title=gettext_lazy("Suspend the registration"),
    note=DEAD,
    button=gettext_lazy("Suspend today"),
    kind="2",
    right="branches.add_broker",
    form=ReasonForm,
    run=_suspend_broker,
    shown=_holds,
    refusals=(UnableToRegister,),
)
END_BROKER = Act(
    key="end",
    title=gettext_lazy("End the registration"),
    note=DEAD,
    button=gettext_lazy("End today"),
    kind="stop",
    right="branches.add_broker",
    form=ReasonForm,
    run=_end_broker,
    shown=_holds,
    refusals=(UnableToRegister,),
)


@admin.register(Broker)
class BrokerAdmin(AddsAdmin):
    """Natural persons who win customers for an outlet."""

    section = "people"
    icon = "id"
    order = 55
    form = BrokerForm
    refusals: ClassVar = (UnableToRegister,)
    acts = (END_BROKER, SUSPEND_BROKER)
    change_form_template = "admin/branches/broker.html"
    add_label = gettext_lazy("Register a broker")
    search_fields = ["number", "name_zh"]
    search_help = gettext_lazy("Part of the certificate number or name")
    list_display = ["number", "name_zh", "unit", "valid_from", "valid_to", "suspended_on"]
    list_select_related = ["unit"]
    export_columns = ("number", "name_zh", "unit", "valid_from", "valid_to", "suspended_on")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        facts = ["unit", "name_zh", "name_en", "number", "valid_from", "valid_to"]
        return [*facts, "suspended_on"] if obj else [*facts[:3], "identity_number", *facts[3:]]

    def add(self, request: HttpRequest, row: Any, form: Any) -> Broker:
        names = ("unit", "name_zh", "name_en", "number", "valid_from", "valid_to")
        return register_broker(
            **{name: getattr(row, name) for name in names},
            identity_number=form.cleaned_data["identity_number"],
            **acting(request),
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None:
            context["certificate_url"] = reverse("branches:broker", args=[row.number])
        return super().render_change_form(request, context, *args, **kwargs)
