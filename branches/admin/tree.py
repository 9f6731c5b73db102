"""Units and the people who work there, each within one's own part of the tree."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from branches.admin.names import RENAME
from branches.admin.place import HOURS_RIGHT, place_view
from branches.models import OrgUnit, RoleRequest, StaffAssignment, UnitName, UnitProfile
from branches.use_cases.assign_staff import UnableToAssign
from branches.use_cases.end_assignment import UnableToEnd, end_assignment
from branches.use_cases.propose_role import propose_role
from branches.visits.desk.common import SEE, WITH_VISITORS
from brokerage.backoffice.admin import ReadOnlyAdmin, ScopedAdmin
from brokerage.backoffice.admin.acts import ActsAdmin
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock, roles
from brokerage.core.roles import STAFF, Role
from brokerage.journal.actors import Actor


@admin.register(OrgUnit)
class OrgUnitAdmin(ActsAdmin):
    """One's units."""

    section = "network"
    icon = "tree"
    order = 10
    change_form_template = "admin/branches/unit.html"
    key = "code"
    acts = (RENAME,)
    search_fields = ["code", "name_zh", "name_en"]
    search_help = gettext_lazy("Part of the code or name")
    list_display = ["code", "name", "kind", "outlet_type", "opened_on", "closed_on"]
    list_filter = ["kind", "outlet_type"]
    export_columns = ("code", "name_zh", "name_en", "kind", "outlet_type", "opened_on")
    fields = [
        "code",
        "kind",
        "outlet_type",
        "name_zh",
        "name_en",
        "division_code",
        "stands_under",
        "opened_on",
        "closed_on",
    ]

    def own_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(place_view)
        place = path("<uuid:ref>/place/", view, name="branches_orgunit_place")
        return [place, *super().own_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None:
            names = list(UnitName.objects.filter(unit=row).order_by("-valid_from"))
            context["names"] = names if len(names) > 1 else []
        if row is not None and row.kind in WITH_VISITORS and not row.closed_on:
            if UnitProfile.objects.on(clock.today()).filter(unit=row).exists():
                context["public_url"] = reverse("branches:outlet", args=[row.code])
            if roles.may(request.user, HOURS_RIGHT):
                context["place_url"] = reverse(self.url_name("place"), args=[row.ref])
            if roles.may(request.user, SEE):
                context["queue_url"] = reverse("admin:branches_visit_queue", args=[row.code])
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=pgettext_lazy("organisation", "name"))
    def name(self, row: OrgUnit) -> str:
        return row.name

    @admin.display(description=gettext_lazy("under"))
    def stands_under(self, row: OrgUnit) -> str:
        above = OrgUnit.objects.above(row, clock.today())
        return " › ".join(unit.name for unit in reversed(above))


@admin.register(StaffAssignment)
class StaffAssignmentAdmin(ReadOnlyAdmin):
    """Who works in which role; ends by a button, begins by a proposal."""

    section = "people"
    icon = "users"
    order = 20
    change_form_template = "admin/branches/assignment.html"
    list_display = ["user", "role", "unit", "valid_from", "valid_to", "acting"]
    list_filter = ["role", "acting"]
    list_select_related = ["user", "unit"]
    export_columns = ("user", "role", "unit", "valid_from", "valid_to", "acting")
    fields = ["user", "role", "unit", "valid_from", "valid_to", "acting", "acting_for"]

    def own_urls(self) -> list[URLPattern]:
        end = path(
            "<uuid:ref>/end/",
            self.admin_site.admin_view(self.end_view),
            name="branches_staffassignment_end",
        )
        return [end, *super().own_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None and self._may_end(request) and row.holds_after(clock.today()):
            context["end_url"] = reverse(self.url_name("end"), args=[row.ref])
        return super().render_change_form(request, context, *args, **kwargs)

    def end_view(self, request: HttpRequest, ref: UUID) -> HttpResponse:
        """Take the role away today; needs no second person."""
        row = self._row(request, ref)
        if not self._may_end(request):
            raise PermissionDenied
        if request.method == "POST":
            try:
                end_assignment(
                    assignment=row,
                    on=clock.today(),
                    actor=Actor.of(user_of(request)),
                    at=clock.now(),
                    reason=request.POST.get("reason", "")[:200],
                )
            except UnableToEnd as error:
                self.message_user(request, str(error), "error")
            else:
                self.message_user(request, _("The role has ended."))
        return redirect(self.object_url(row))

    def _may_end(self, request: HttpRequest) -> bool:
        return roles.may(request.user, "branches.end_assignment")


class RoleRequestForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript at run time
    """A role that somebody proposes."""

    class Meta:
        model = RoleRequest
        fields = ("user", "unit", "role", "valid_from", "valid_to", "acting", "acting_for")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role: Any = self.fields.get("role")
        if role is not None:
            role.choices = [("", "–"), *((r.value, r.label) for r in Role if r in STAFF)]


@admin.register(RoleRequest)
class RoleRequestAdmin(ScopedAdmin):
    """Roles that wait for a second person, and those that were decided."""

    section = "people"
    icon = "key"
    order = 30
    form = RoleRequestForm
    list_display = ["made_at", "user", "role", "unit", "decision"]
    list_filter = ["decision", "role"]
    list_select_related = ["user", "unit"]
    readonly_fields = ["proposed_by", "made_at", "decision", "checked_at", "rejection_reason"]
    add_label = gettext_lazy("Propose a role")

    @admin.display(description=gettext_lazy("proposed by"))
    def proposed_by(self, row: RoleRequest) -> str:
        return name_of(row.made_by_ref) if row.pk else ""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # proposed once, then decided

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "change")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A form of this list never changes a proposal, it makes one."""
        made = propose_role(
            user=obj.user,
            unit=obj.unit,
            role=obj.role,
            valid_from=obj.valid_from,
            valid_to=obj.valid_to,
            acting=obj.acting,
            acting_for=obj.acting_for,
            maker=user_of(request),
            at=clock.now(),
        )
        obj.pk, obj.ref = made.pk, made.ref

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except UnableToAssign as error:
            self.message_user(request, str(error), "error")
            return redirect(request.path)
