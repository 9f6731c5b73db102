"""Goals of cross-selling, agreed by a second person; beside them stands the board."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin
from brokerage.backoffice.people import user_of, with_name
from brokerage.core import clock, scope
from brokerage.core.roles import Role
from brokerage.users.models import User
from products.admin.board import board_view, unit_view, words_of
from products.admin.made_and_checked import MadeAndChecked
from products.admin.referrals import Officers
from products.models import Goal
from products.rules.quarters import Quarter, parse_quarter, quarter_of
from products.states import OUTLETS, Measure
from products.use_cases.refusals import UnableToList
from products.use_cases.setting_goals import propose_goal

AHEAD = 5


def _quarters() -> list[tuple[str, str]]:
    """The present quarter and those that follow, which alone can have new goals."""
    present = quarter_of(clock.today())
    return [(str(one), words_of(one)) for one in map(present.shifted, range(AHEAD))]


class GoalForm(AddingForm):
    """Of whom, for which quarter, and how many of what."""

    people: ClassVar[QuerySet[User]] = User.objects.none()
    person = Officers(
        label=pgettext_lazy("goal", "adviser"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("The outlet as a whole"),
    )
    when = forms.ChoiceField(label=gettext_lazy("quarter"), choices=_quarters)

    class Meta:
        model = Goal
        fields = ("unit", "measure", "target")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = self.people  # type: ignore[attr-defined]  # a model choice field
        if "unit" in self.fields:  # not on the page of one that stands
            units: Any = self.fields["unit"]
            units.queryset = units.queryset.open(clock.today()).filter(kind__in=OUTLETS)


@admin.register(Goal)
class GoalAdmin(MadeAndChecked, AddsAdmin):
    """Goals, newest first."""

    section = "products"
    icon = "list"
    order = 77
    form = GoalForm
    refusals = (UnableToList,)
    list_display = ["unit", "who", "quarter_words", "measure", "target", "decision"]
    list_filter = ["decision", "measure"]
    list_select_related = ["unit"]
    readonly_fields = ["who", "quarter_words", "proposed_by", "made_at", "decision"]
    readonly_fields += ["checked", "checked_at", "rejection_reason"]
    add_label = gettext_lazy("Propose a goal")

    def own_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("board/", wrap(board_view), name="products_board"),
            path("board/<slug:code>/", wrap(unit_view), name="products_board_unit"),
            *super().own_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_name(super().get_queryset(request), "person_ref")

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        rows = scope.visible(User, request.user)
        people = rows.filter(groups__name=Role.ADVISER, is_active=True).order_by("pk")
        return type(form.__name__, (form,), {"people": people})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["unit", "person", "when", "measure", "target"]
        return ["unit", "who", "quarter_words", "measure", "target", *self.readonly_fields[2:]]

    @admin.display(description=pgettext_lazy("goal", "adviser"))
    def who(self, row: Goal) -> str:
        return getattr(row, "person_name", None) or "–"

    @admin.display(description=gettext_lazy("quarter"))
    def quarter_words(self, row: Goal) -> str:
        return words_of(Quarter(row.year, row.quarter)) if row.pk else ""

    def add(self, request: HttpRequest, row: Any, form: Any) -> Any:
        quarter = parse_quarter(form.cleaned_data["when"])
        assert quarter is not None, "the form offers quarters alone"
        return propose_goal(
            unit=row.unit,
            person=form.cleaned_data["person"],
            quarter=quarter,
            measure=Measure(row.measure),
            target=row.target,
            maker=user_of(request),
            at=clock.now(),
        )
