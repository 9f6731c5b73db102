"""Guided procedures and departures: a checklist, what remains, and one button for each step."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.admin.points import PointPlanForm, choose_units, point_fields
from branches.blockers import blockers
from branches.entry_codes import institution_name
from branches.models import Departure, OrgUnit, UnitProcedure
from branches.readiness import Need, needs, planned_services
from branches.states import Kind, OutletType, ProcedureKind
from branches.tasks import move_customers
from branches.use_cases.departures import (
    UnableToLeave,
    finish_departure,
    remains,
    start_departure,
)
from branches.use_cases.finish_procedure import finish_procedure
from branches.use_cases.procedure_plans import UnableToProceed
from branches.use_cases.procedures import cancel_procedure, do_step, start_procedure
from brokerage.backoffice.admin.acts import Act
from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin, ReasonForm, acting
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock, roles, scope

PLAN = ("code", "name_zh", "name_en", "outlet_type", "address_zh", "address_en", "division")


class ProcedureForm(AddingForm):
    """What is planned; which of the lower fields are needed depends on the procedure."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("For an opening; the two names as well."),
    )
    name_zh = forms.CharField(label=gettext_lazy("Chinese name"), max_length=80, required=False)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=120, required=False)
    outlet_type = forms.ChoiceField(
        label=gettext_lazy("Type"),
        choices=[("", "–"), *OutletType.choices],
        required=False,
        help_text=gettext_lazy("For an opening or a change of type."),
    )
    address_zh = forms.CharField(
        label=gettext_lazy("Chinese address"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For an opening or a move, with the division code."),
    )
    address_en = forms.CharField(
        label=gettext_lazy("English address"), max_length=250, required=False
    )
    division = forms.CharField(label=gettext_lazy("Division code"), max_length=6, required=False)
    successor = forms.ModelChoiceField(
        OrgUnit.objects.none(),
        label=gettext_lazy("Outlet that follows"),
        required=False,
        help_text=gettext_lazy("For a closing: it takes the customers."),
    )

    class Meta:
        model = UnitProcedure
        fields = ("kind", "unit", "parent", "effective_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "parent" in self.fields:
            self.fields["parent"].required = False
        if "kind" in self.fields:
            # a service point is planned on a page of its own
            kinds = [one for one in ProcedureKind.choices if one[0] != ProcedureKind.POINT]
            self.fields["kind"].choices = [("", "–"), *kinds]  # type: ignore[attr-defined]  # a choice field

    def _get_validation_exclusions(self) -> set[str]:
        found: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # the stubs lack it
        return found | {"parent", "plan"}


def _is_point(request: HttpRequest) -> bool:
    """Whether the page plans a service point."""
    return request.GET.get("kind") == ProcedureKind.POINT


def _point_planned(row: UnitProcedure) -> str:
    """Host, desk, services and the end of the codes, in a line."""
    plan = row.plan
    services = "、".join(service.name for service in planned_services(row))
    host = institution_name(UUID(plan["institution"])) or plan["host_zh"]
    told = [
        host,
        plan["host_zh"],
        plan["desk_zh"],
        services,
        plan.get("week"),
        plan["codes_until"],
    ]
    return " · ".join(filter(None, told))


def _finish(request: HttpRequest, row: UnitProcedure, values: dict[str, Any]) -> str:
    finish_procedure(procedure=row, **acting(request))
    return _("It took effect.")


def _call_off(request: HttpRequest, row: UnitProcedure, values: dict[str, Any]) -> str:
    cancel_procedure(procedure=row, reason=values["reason"], **acting(request))
    return _("It is called off.")


def _move(request: HttpRequest, row: UnitProcedure, values: dict[str, Any]) -> str:
    move_customers.defer(ref=str(row.ref))
    return _("Customers are being moved in the background.")


def _runs(user: Any, row: UnitProcedure) -> bool:
    return row.is_running


def _is_ready(user: Any, row: UnitProcedure) -> bool:
    return row.is_running and not row.steps.filter(done_at=None).exists()


def _may_move(user: Any, row: UnitProcedure) -> bool:
    """Customers are moved after they were told."""
    closing = row.kind == ProcedureKind.CLOSING
    return closing and row.is_running and row.announced_on is not None


class WhyForm(ReasonForm):
    """Calling off needs its reason."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = True


RUN = "branches.run_unitprocedure"
FINISH = Act(
    key="finish",
    title=gettext_lazy("Every step is done"),
    button=gettext_lazy("Let it take effect"),
    right=RUN,
    run=_finish,
    shown=_is_ready,
    refusals=(UnableToProceed,),
)
MOVE = Act(
    key="move",
    title=gettext_lazy("Customers of the outlet"),
    button=gettext_lazy("Move the customers"),
    kind="2",
    right=RUN,
    run=_move,
    shown=_may_move,
    refusals=(UnableToProceed,),
)
CALL_OFF = Act(
    key="cancel",
    title=gettext_lazy("Call it off"),
    button=gettext_lazy("Call it off"),
    kind="stop",
    right=RUN,
    form=WhyForm,
    run=_call_off,
    shown=_runs,
    refusals=(UnableToProceed,),
)


@admin.register(UnitProcedure)
class UnitProcedureAdmin(AddsAdmin):
    """Openings, moves, closings and changes of type."""

    section = "network"
    icon = "route"
    order = 50
    form = ProcedureForm
    refusals: ClassVar = (UnableToProceed,)
    acts = (FINISH, MOVE, CALL_OFF)
    change_form_template = "admin/branches/procedure.html"
    add_label = gettext_lazy("Plan a procedure")
    list_display = ["kind", "place", "status", "effective_on", "announced_on"]
    list_filter = ["kind", "status"]
    list_select_related = ["unit"]
    readonly_fields = ["place", "planned"]
    export_columns = ("kind", "unit", "status", "effective_on", "announced_on")

    @admin.display(description=gettext_lazy("place"))
    def place(self, row: UnitProcedure) -> str:
        return row.place

    @admin.display(description=gettext_lazy("plan"))
    def planned(self, row: UnitProcedure) -> str:
        """What will be true then, in a line; a ref is told by its name."""
        if row.kind == ProcedureKind.POINT:
            return _point_planned(row)
        told = [value for key, value in row.plan.items() if value and key != "successor"]
        if ref := row.plan.get("successor"):
            told += OrgUnit.objects.filter(ref=ref).values_list("name_zh", flat=True)
        return " · ".join(map(str, told))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None and _is_point(request):
            return point_fields()
        if obj is not None:
            known = ["kind", "place", "planned", "status", "effective_on"]
            return [*known, "announced_on", "rule_version"]
        return ["kind", "unit", "parent", "effective_on", *PLAN, "successor"]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None and _is_point(request):
            form = super().get_form(request, obj, change=change, form=PointPlanForm, **kwargs)
            choose_units(form, request.user)
            return form
        form = super().get_form(request, obj, change=change, **kwargs)
        if follower := form.base_fields.get("successor"):
            open_ones = OrgUnit.objects.filter(kind=Kind.OUTLET, closed_on=None)
            follower.queryset = scope.visible(open_ones, request.user).order_by("code")
        return form

    def add(self, request: HttpRequest, row: Any, form: Any) -> UnitProcedure:
        given = form.cleaned_data
        if isinstance(form, PointPlanForm):
            return start_procedure(
                kind=ProcedureKind.POINT,
                unit=given["unit"],
                parent=None if given["unit"] else given["parent"],
                effective_on=row.effective_on,
                plan=form.plan(),
                **acting(request),
            )
        plan = {name: given.get(name) for name in PLAN}
        plan["successor"] = given["successor"].ref if given.get("successor") else ""
        opening = row.kind == ProcedureKind.OPENING
        return start_procedure(
            kind=row.kind,
            unit=None if opening else given.get("unit"),
            parent=given.get("parent") if opening else None,
            effective_on=row.effective_on,
            plan=plan,
            **acting(request),
        )

    def own_urls(self) -> list[URLPattern]:
        step = path(
            "<uuid:ref>/steps/<slug:key>/",
            self.admin_site.admin_view(self.step_view),
            name="branches_unitprocedure_step",
        )
        return [step, *super().own_urls()]

    def step_view(self, request: HttpRequest, ref: UUID, key: str) -> HttpResponse:
        """Say that a step is done."""
        row = self._row(request, ref)
        if not roles.may(request.user, "branches.do_step"):
            raise PermissionDenied
        step = row.steps.filter(key=key).first()
        if step is None:
            raise Http404
        if request.method == "POST":
            try:
                do_step(
                    step=step,
                    user=user_of(request),
                    at=clock.now(),
                    note=request.POST.get("note", "")[:200],
                )
            except UnableToProceed as error:
                self.message_user(request, str(error), "error")
            else:
                self.message_user(request, _("Done: {step}").format(step=step))
        return redirect(self.object_url(row))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None:
            context |= self._checklist(request, row)
        return super().render_change_form(request, context, *args, **kwargs)

    def _checklist(self, request: HttpRequest, row: UnitProcedure) -> dict[str, Any]:
        steps = list(row.steps.all())
        today = clock.today()
        first = next((step for step in steps if step.done_at is None), None)
        mine = {*roles.roles_of(request.user)}
        may_do = roles.may(request.user, "branches.do_step") and row.is_running
        shown = [
            {
                "step": step,
                "late": step.is_late(today),
                "by": name_of(step.done_by_ref) if step.done_by_ref else "",
                "url": reverse(self.url_name("step"), args=[row.ref, step.key])
                if may_do and step is first and ({step.role, "head_office"} & mine)
                else "",
            }
            for step in steps
        ]
        closing = row.kind == ProcedureKind.CLOSING and row.is_running and row.unit is not None
        point = row.kind == ProcedureKind.POINT and row.is_running
        return {
            "needs": _needs(request, row) if point else [],
            "steps": shown,
            "remaining": blockers(row.unit, row.effective_on) if closing and row.unit else [],
            "closing": closing,
        }


def _needs(request: HttpRequest, row: UnitProcedure) -> list[Need]:
    """What the point needs; a link only for who may follow it."""
    return [
        replace(one, url="") if one.right and not roles.may(request.user, one.right) else one
        for one in needs(row, clock.now())
    ]


class DepartureForm(AddingForm):
    """Who leaves, who takes over."""

    class Meta:
        model = Departure
        fields = ("user", "successor", "leaves_on")


def _hand_over(request: HttpRequest, row: Departure, values: dict[str, Any]) -> str:
    finish_departure(departure=row, **acting(request))
    return _("Everything is handed over.")


HAND_OVER = Act(
    key="finish",
    title=gettext_lazy("Finish the departure"),
    button=gettext_lazy("Everything is handed over"),
    right="branches.add_departure",
    run=_hand_over,
    shown=lambda user, row: row.ended_at is None,
    refusals=(UnableToLeave,),
)


@admin.register(Departure)
class DepartureAdmin(AddsAdmin):
    """People who leave, until nothing stays behind."""

    section = "people"
    icon = "out"
    order = 26
    form = DepartureForm
    refusals: ClassVar = (UnableToLeave,)
    acts = (HAND_OVER,)
    change_form_template = "admin/branches/departure.html"
    add_label = gettext_lazy("Plan a departure")
    list_display = ["user", "successor", "leaves_on", "status", "audit_due_on"]
    list_filter = ["status"]
    list_select_related = ["user", "successor"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        given = ["user", "successor", "leaves_on"]
        return [*given, "status", "audit_due_on", "ended_at"] if obj else given

    def add(self, request: HttpRequest, row: Any, form: Any) -> Departure:
        return start_departure(
            user=row.user, successor=row.successor, leaves_on=row.leaves_on, **acting(request)
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None and row.ended_at is None:
            context["remaining"] = remains(row)
        return super().render_change_form(request, context, *args, **kwargs)
