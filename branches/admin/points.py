"""Service points at institutions: planned by their checklist, ended here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.content import MATRIX
from branches.entry_codes import active_institutions, institution_name
from branches.imports.fields import HoursField
from branches.models import OrgUnit, PointHost, Service, UnitProcedure
from branches.models.profile import PHONE
from branches.states import PARENTS, Kind, ProcedureKind
from branches.use_cases.point_procedures import DESK, HOST
from branches.use_cases.procedure_plans import PLACE
from branches.use_cases.service_points import end_hosting
from brokerage.backoffice.admin.acts import Act, ActsAdmin
from brokerage.backoffice.admin.adds import AddingForm, ReasonForm, acting
from brokerage.core import clock, roles, scope
from brokerage.reference.models import Rule

NEW = ("code", "name_zh", "name_en", *PLACE)
"""What only a new point needs."""
HERE = gettext_lazy("For a new point.")


def point_fields() -> list[str]:
    """The fields of the plan in the order in which one thinks of them."""
    first = ["institution", *HOST, *DESK, "effective_on", "unit", "parent"]
    return [*first, *NEW, "week", "services", "codes_until"]


def _choices() -> list[tuple[str, str]]:
    return [("", "–"), *((str(ref), name) for ref, name in active_institutions())]


def _services() -> list[tuple[str, str]]:
    """What the rule lets a service point give."""
    codes = Rule.objects.in_force(MATRIX, clock.today()).figure[Kind.SERVICE_POINT]
    rows = Service.objects.filter(code__in=codes).order_by("position", "code")
    return [(service.code, service.name) for service in rows]


class PointPlanForm(AddingForm):
    """The plan of a new point, or of one that stands at no institution now."""

    institution = forms.ChoiceField(label=gettext_lazy("Partner institution"), choices=_choices)
    host_zh = forms.CharField(
        label=gettext_lazy("Host, Chinese"),
        max_length=80,
        help_text=gettext_lazy("As it stands over its door."),
    )
    host_en = forms.CharField(label=gettext_lazy("Host, English"), max_length=120)
    desk_zh = forms.CharField(
        label=gettext_lazy("Our desk, Chinese"), max_length=100, required=False
    )
    desk_en = forms.CharField(
        label=gettext_lazy("Our desk, English"), max_length=150, required=False
    )
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=20, required=False, help_text=HERE
    )
    name_zh = forms.CharField(label=gettext_lazy("Chinese name"), max_length=80, required=False)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=120, required=False)
    address_zh = forms.CharField(
        label=gettext_lazy("Chinese address"), max_length=200, required=False
    )
    address_en = forms.CharField(
        label=gettext_lazy("English address"), max_length=250, required=False
    )
    division = forms.CharField(label=gettext_lazy("Division code"), max_length=6, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), max_length=24, required=False, validators=[PHONE]
    )
    week = HoursField(
        label=gettext_lazy("Hours, Monday to Friday"),
        help_text=gettext_lazy("Such as 9:00-11:30, 13:00-17:00."),
    )
    services = forms.MultipleChoiceField(
        label=gettext_lazy("Services"),
        choices=_services,
        widget=forms.CheckboxSelectMultiple,
    )
    codes_until = forms.DateField(
        label=gettext_lazy("QR codes hold until"),
        help_text=gettext_lazy("The codes for opening an account and for booking a visit there."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    class Meta:
        model = UnitProcedure
        fields = ("effective_on", "unit", "parent")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        point, parent = self.fields["unit"], self.fields["parent"]
        point.label, parent.label = _("Service point"), _("Under")
        point.help_text = _("One that stands nowhere now. Empty: a new one.")
        parent.help_text = _("For a new point: whose people serve there.")
        parent.required = False
        self.instance.kind = ProcedureKind.POINT

    def _get_validation_exclusions(self) -> set[str]:
        found: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # the stubs lack it
        return found | {"parent", "plan"}

    def plan(self) -> dict[str, Any]:
        """The values as the use case takes them; hours as they were written."""
        given = self.cleaned_data
        named = {name: given[name] for name in ("institution", *HOST, *DESK, *NEW, "services")}
        until = given["codes_until"].isoformat()
        return {**named, "week": self.data.get("week", ""), "codes_until": until}


def choose_units(form: Any, user: Any) -> None:
    """Offer only what this person sees: points that stand nowhere, and units above a new one."""
    units = scope.visible(OrgUnit, user).filter(closed_on=None).order_by("code")
    standing = PointHost.objects.overlapping(clock.today(), None).values("unit")
    points = units.filter(kind=Kind.SERVICE_POINT).exclude(pk__in=standing)
    form.base_fields["unit"].queryset = points
    form.base_fields["parent"].queryset = units.filter(kind__in=PARENTS[Kind.SERVICE_POINT])


def planning_url() -> str:
    """Where the opening of a service point is planned."""
    return f"{reverse('admin:branches_unitprocedure_add')}?kind={ProcedureKind.POINT}"


def _end(request: HttpRequest, row: PointHost, values: dict[str, Any]) -> str:
    end_hosting(
        institution=row.institution_ref,
        unit=row.unit,
        reason=values["reason"],
        **acting(request),
    )
    return _("The point gives nothing now; its visits are being moved.")


def _stands(row: PointHost) -> bool:
    """Whether it stands there today or will; a withdrawn row ends on the day it begins."""
    return row.valid_to is None or row.valid_to > max(clock.today(), row.valid_from)


END = Act(
    key="end",
    title=gettext_lazy("Leave this institution"),
    note=gettext_lazy("From today on nothing is given here, codes are dead and visits move."),
    button=gettext_lazy("End today"),
    kind="stop",
    right="branches.run_unitprocedure",
    form=ReasonForm,
    run=_end,
    shown=lambda user, row: _stands(row),
)


@admin.register(PointHost)
class PointHostAdmin(ActsAdmin):
    """Where our own people serve in the rooms of others."""

    section = "network"
    icon = "home"
    order = 14
    acts = (END,)
    add_label = gettext_lazy("Plan a service point")
    list_display = ["unit", "name", "valid_from", "valid_to"]
    list_select_related = ["unit"]
    export_columns = ("unit", "name_zh", "name_en", "valid_from", "valid_to")
    fields = [
        "unit",
        "institution_name",
        "name_zh",
        "name_en",
        "desk_zh",
        "desk_en",
        "valid_from",
        "valid_to",
    ]
    readonly_fields = ["unit", "institution_name"]

    @admin.display(description=gettext_lazy("host"))
    def name(self, row: PointHost) -> str:
        return row.name

    @admin.display(description=gettext_lazy("institution"))
    def institution_name(self, row: PointHost) -> str:
        return institution_name(row.institution_ref) or _("works with us no longer")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """A point is not added here: its opening is planned."""
        context = extra_context or {}
        if roles.may(request.user, "branches.add_unitprocedure"):
            context |= {"may_add": True, "add_url": planning_url()}
        answer: HttpResponse = super().changelist_view(request, context)
        return answer
