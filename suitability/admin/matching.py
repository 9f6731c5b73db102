"""Items, their grades, and the decisions that rest on them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin import ActsAdmin
from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin, acting
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock
from brokerage.core.display import formats
from brokerage.reference.dated import NoRuleInForce
from suitability import labels
from suitability.admin.disclosures import TELL
from suitability.admin.insisting import DECISION_ACTS
from suitability.admin.self_check import self_check_view
from suitability.explaining import reasons_of
from suitability.labels import FACTORS
from suitability.models import GradeChoice, GradedItem, ItemGrade, MatchRecord
from suitability.selectors.rules import grading_rules_on
from suitability.use_cases.grading import UnableToGrade, name_item, propose_grade

LEVELS = tuple(key for key in FACTORS if key != "category")
COLUMNS = ("code", "kind", "name_zh", "name_en", "type", "months", "requirements")


@admin.register(GradedItem)
class GradedItemAdmin(AddsAdmin):
    """What can be graded, with the history of its grades and what waits.

    Decisions name the item as it is: a changed product is another item.
    """

    section = "rules"
    icon = "box"
    order = 60
    key = "code"
    list_display = ["code", "kind", "name", "type", "months"]
    list_filter = ["kind", "type"]
    refusals = (UnableToGrade,)
    search_fields = ["code", "name_zh", "name_en"]
    readonly_fields = ["history"]
    add_label = gettext_lazy("Add an item")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return list(COLUMNS) if obj is None else [*COLUMNS, "history"]

    @admin.display(description=pgettext_lazy("item", "name"))
    def name(self, row: GradedItem) -> str:
        return str(row)

    @admin.display(description=gettext_lazy("grades"))
    def history(self, row: GradedItem) -> SafeString | str:
        """Newest first; what waits for a second person stands on top."""
        grades = row.grades.order_by("-valid_from", "-pk")
        lines = [
            (each.grade, _span(each), each.get_decision_display(), each.change_reason)
            for each in sorted(grades, key=lambda each: not each.is_pending)
        ]
        return format_html_join(SafeString("<br>"), "<b>{}</b> {} · {} · {}", lines) or "–"

    def add(self, request: HttpRequest, row: Any, form: Any) -> Any:
        return name_item(**acting(request), **{name: getattr(row, name) for name in COLUMNS})


def _span(row: ItemGrade) -> str:
    start = formats.day(row.valid_from, year=True)
    return f"{start} – {formats.day(row.valid_to, year=True)}" if row.valid_to else f"{start} –"


class GradeForm(AddingForm):
    """Factors of an item; the strictest and the floor say what is due at least."""

    proposed = forms.ChoiceField(
        label=gettext_lazy("higher grade of the firm"),
        required=False,
        choices=[("", gettext_lazy("as the factors say")), *GradeChoice.choices],
    )

    class Meta:
        model = ItemGrade
        fields = ("item", "category", "valid_from", "change_reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        try:
            factors = grading_rules_on(clock.today()).factors
        except NoRuleInForce:
            factors = {}
        for key in LEVELS:
            known = [(level, labels.LEVELS.get(level, level)) for level in factors.get(key, ())]
            field = self.fields.get(f"level_{key}")
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", "–"), *known]

    @property
    def levels(self) -> dict[str, str]:
        """The chosen level by factor."""
        return {key: self.cleaned_data.get(f"level_{key}", "") for key in LEVELS}


FactorForm: Any = type(
    "FactorForm",
    (GradeForm,),
    {f"level_{key}": forms.ChoiceField(label=FACTORS[key], choices=[]) for key in LEVELS},
)


@admin.register(ItemGrade)
class ItemGradeAdmin(AddsAdmin):
    """Grades of items: proposed here, approved by a second person; a new one replaces the old."""

    section = "rules"
    icon = "list"
    order = 61
    form = FactorForm
    refusals = (UnableToGrade,)
    list_display = ["item", "grade", "least", "valid_from", "valid_to", "decision"]
    list_filter = ["decision", "grade"]
    list_select_related = ["item"]
    readonly_fields = ["grade", "least", "floor", "rule_version", "proposed_by", "made_at"]
    readonly_fields += ["decision", "checked_at", "rejection_reason"]
    add_label = gettext_lazy("Propose a grade")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        asked = ["item", "category", "valid_from", "change_reason"]
        if obj is None:
            return [*asked[:2], *(f"level_{key}" for key in LEVELS), "proposed", *asked[2:]]
        return [*asked, "valid_to", *self.readonly_fields]

    @admin.display(description=gettext_lazy("proposed by"))
    def proposed_by(self, row: ItemGrade) -> str:
        return name_of(row.made_by_ref) if row.pk else ""

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "change")

    def add(self, request: HttpRequest, row: Any, form: Any) -> Any:
        return propose_grade(
            item=row.item,
            category=row.category,
            levels=form.levels,
            valid_from=row.valid_from,
            reason=row.change_reason,
            proposed=form.cleaned_data["proposed"] or None,
            maker=user_of(request),
            at=clock.now(),
        )


@admin.register(MatchRecord)
class MatchRecordAdmin(ActsAdmin):
    """Decisions with their reasons, for the branch of the customer and for those who read all."""

    acts = (*DECISION_ACTS[:1], TELL, *DECISION_ACTS[1:])

    section = "control"
    icon = "doc"
    list_display = ["decided_at", "who", "item", "outcome"]
    list_filter = ["outcome"]
    list_select_related = ["customer", "item"]
    fields = ["who", "item", "outcome", "reasons", "rule_version", "language", "decided_at"]

    def own_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        page = path("self-check/", wrap(self_check_view), name="suitability_self_check")
        return [page, *super().own_urls()]

    @admin.display(description=gettext_lazy("customer"))
    def who(self, row: MatchRecord) -> str:
        return row.customer.shown

    @admin.display(description=gettext_lazy("reasons"))
    def reasons(self, row: MatchRecord) -> SafeString:
        lines = [(text,) for text in reasons_of(row)]
        return format_html_join(SafeString("<br>"), "{}", lines)
