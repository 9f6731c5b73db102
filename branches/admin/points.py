"""Service points at institutions: opened here, ended here."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.content import MATRIX
from branches.entry_codes import active_institutions, institution_name
from branches.imports.fields import HoursField
from branches.models import OrgUnit, PointHost, Service
from branches.models.profile import PHONE
from branches.states import PARENTS, Kind
from branches.use_cases.service_points import (
    Desk,
    UnableToHost,
    end_hosting,
    host_point,
    open_service_point,
)
from branches.use_cases.set_hours import Week
from brokerage.backoffice.admin.acts import Act
from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin, ReasonForm, acting
from brokerage.core import clock, scope
from brokerage.reference.models import Division, Rule

PLACE = ("address_zh", "address_en", "division", "phone")
NEW = ("code", "point_zh", "point_en", *PLACE)
NEEDED = ("code", "point_zh", "point_en", "address_zh", "division")
DESK = ("name_zh", "name_en", "desk_zh", "desk_en")
WORKDAYS = range(1, 6)
HERE = gettext_lazy("For a new point.")


def _choices() -> list[tuple[str, str]]:
    return [("", "–"), *((str(ref), name) for ref, name in active_institutions())]


def _services() -> list[tuple[str, str]]:
    """What the rule lets a service point give."""
    codes = Rule.objects.in_force(MATRIX, clock.today()).figure[Kind.SERVICE_POINT]
    rows = Service.objects.filter(code__in=codes).order_by("position", "code")
    return [(service.code, service.name) for service in rows]


class PointForm(AddingForm):
    """A new point, or one that stands at no institution now, and where it stands from a day on."""

    institution = forms.ChoiceField(label=gettext_lazy("Partner institution"), choices=_choices)
    point = forms.ModelChoiceField(
        OrgUnit.objects.none(),
        label=gettext_lazy("Service point"),
        required=False,
        help_text=gettext_lazy("One that stands nowhere now. Empty: a new one."),
    )
    parent = forms.ModelChoiceField(
        OrgUnit.objects.none(),
        label=gettext_lazy("Under"),
        required=False,
        help_text=gettext_lazy("For a new point: whose people serve there."),
    )
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=20, required=False, help_text=HERE
    )
    point_zh = forms.CharField(label=gettext_lazy("Chinese name"), max_length=80, required=False)
    point_en = forms.CharField(label=gettext_lazy("English name"), max_length=120, required=False)
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

    class Meta:
        model = PointHost
        fields = (*DESK, "valid_from")

    def clean_division(self) -> Division | None:
        """The division of a new point."""
        code = self.cleaned_data["division"]
        found = Division.objects.filter(code=code).first() if code else None
        if code and found is None:
            raise forms.ValidationError(_("The list of divisions has no such code."))
        return found

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if not found.get("point"):
            for name in ("parent", *NEEDED):
                if not found.get(name) and name not in self.errors:
                    self.add_error(name, _("This is needed."))
        return found

    def desk(self) -> Desk:
        """Where the point stands."""
        given = {name: self.cleaned_data[name] for name in DESK}
        return Desk(institution=UUID(self.cleaned_data["institution"]), **given)

    def hours(self) -> Week:
        """The same hours on every working day; none where the field was left empty."""
        spans = self.cleaned_data["week"]
        return dict.fromkeys(WORKDAYS, spans) if spans else {}


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
    right="branches.add_pointhost",
    form=ReasonForm,
    run=_end,
    shown=lambda user, row: _stands(row),
)


@admin.register(PointHost)
class PointHostAdmin(AddsAdmin):
    """Where our own people serve in the rooms of others."""

    section = "network"
    icon = "home"
    order = 14
    form = PointForm
    refusals: ClassVar = (UnableToHost,)
    acts = (END,)
    add_label = gettext_lazy("Open a service point")
    list_display = ["unit", "name", "valid_from", "valid_to"]
    list_select_related = ["unit"]
    export_columns = ("unit", "name_zh", "name_en", "valid_from", "valid_to")
    readonly_fields = ["unit", "institution_name"]

    @admin.display(description=gettext_lazy("host"))
    def name(self, row: PointHost) -> str:
        return row.name

    @admin.display(description=gettext_lazy("institution"))
    def institution_name(self, row: PointHost) -> str:
        return institution_name(row.institution_ref) or _("works with us no longer")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return ["unit", "institution_name", *DESK, "valid_from", "valid_to"]
        return ["institution", *DESK, "valid_from", "point", "parent", *NEW, "week", "services"]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        units = scope.visible(OrgUnit, request.user).filter(closed_on=None).order_by("code")
        if "parent" in form.base_fields:
            above = PARENTS[Kind.SERVICE_POINT]
            form.base_fields["parent"].queryset = units.filter(kind__in=above)
            standing = PointHost.objects.on(clock.today()).values("unit")
            points = units.filter(kind=Kind.SERVICE_POINT).exclude(pk__in=standing)
            form.base_fields["point"].queryset = points
        return form

    def add(self, request: HttpRequest, row: Any, form: Any) -> PointHost:
        given = form.cleaned_data
        services = Service.objects.filter(code__in=given["services"])
        common = {"desk": form.desk(), "services": services, **acting(request)}
        if given["point"]:
            return host_point(unit=given["point"], on=row.valid_from, **common)
        unit = open_service_point(
            parent=given["parent"],
            code=given["code"],
            name_zh=given["point_zh"],
            name_en=given["point_en"],
            place={name: given[name] for name in PLACE},
            week=form.hours(),
            opened_on=row.valid_from,
            **common,
        )
        return PointHost.objects.get(unit=unit)
