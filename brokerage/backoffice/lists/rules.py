"""Rules, switches and legal holds: made by one person, released by another, never changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from brokerage.backoffice import recording
from brokerage.backoffice.admin.base import ReadOnlyAdmin, ScopedAdmin
from brokerage.backoffice.events import RecordAdded
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock
from brokerage.core.retention import policies
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference import switches
from brokerage.reference.models import CalendarDay, HoldRelease, LegalHold, Rule, Switch
from brokerage.reference.schemas import BadRuleValue, schemas
from brokerage.reference.use_cases.holds import HoldRefused, ask_release, place_hold


class FourEyedAdmin(ScopedAdmin):
    """Rows that one person adds and a second decides on, on the page of the row itself."""

    section = "rules"
    readonly_fields = ["made_by", "made_at", "decision", "checked_at", "rejection_reason"]

    @admin.display(description=_("made by"))
    def made_by(self, row: Any) -> str:
        return name_of(row.made_by_ref) if row.pk else ""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # made once, then decided

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "change")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.made_by_ref, obj.made_at = user_of(request).ref, clock.now()
        recording.save(request.user, obj, change=change, changed=form.changed_data)


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript at run time
    """A rule that somebody proposes; it replaces the one in force from its first day on."""

    key = forms.ChoiceField(label=_("rule key"))

    class Meta:
        model = Rule
        fields = (
            "key",
            "scope",
            "valid_from",
            "valid_to",
            "value",
            "legal_basis",
            "source",
            "confidence",
            "change_note",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "key" in self.fields:
            known = sorted((key, f"{schema.label} ({key})") for key, schema in schemas.items())
            self.fields["key"].choices = known  # type: ignore[attr-defined]  # a choice field

    def _get_validation_exclusions(self) -> set[str]:
        # the exclusion constraint is about approved rows; Django cannot ask it about a form's
        return {*super()._get_validation_exclusions(), "scope"}  # type: ignore[misc]  # the stubs lack it

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if "key" in given and "value" in given:
            try:
                schemas.get(given["key"]).read(given["value"])
            except BadRuleValue as error:
                self.add_error("value", str(error))
        return given


@admin.register(Rule)
class RuleAdmin(FourEyedAdmin):
    """Dated figures with their legal basis."""

    icon = "book"
    order = 10
    form = RuleForm
    add_label = _("Propose a rule")
    list_display = ["key", "scope", "valid_from", "valid_to", "decision"]
    list_filter = ["decision"]
    search_fields = ["key"]


class SwitchForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript at run time
    """A turn of a switch that somebody proposes."""

    key = forms.ChoiceField(label=_("switch"))

    class Meta:
        model = Switch
        fields = ("key", "is_on", "starts_at", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "key" in self.fields:
            known = sorted((key, f"{kind.label} ({key})") for key, kind in switches.kinds.items())
            self.fields["key"].choices = known  # type: ignore[attr-defined]  # a choice field


@admin.register(Switch)
class SwitchAdmin(FourEyedAdmin):
    """What is on or off, and since when."""

    icon = "swap"
    order = 20
    form = SwitchForm
    add_label = _("Propose a turn")
    list_display = ["key", "is_on", "starts_at", "decision"]
    list_filter = ["decision"]
    search_fields = ["key"]


class _HoldAdmin(FourEyedAdmin):
    """Holds are made by their use cases, which take turns with disposal."""

    section = "control"

    def make(self, obj: Any, values: dict[str, Any]) -> Any:
        raise NotImplementedError

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        user, at = user_of(request), clock.now()
        made = self.make(obj, {"by": user.ref, "at": at, "reason": obj.reason})
        obj.pk, obj.ref = made.pk, made.ref
        record(
            RecordAdded(subject=made.ref, subject_type=self.opts.label_lower),
            actor=Actor.of(user),
            at=at,
            reason=obj.reason,
        )

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except HoldRefused as error:
            self.message_user(request, str(error), "error")
            return redirect(request.path)


class HoldForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript at run time
    """What is to be kept, and at whose order."""

    subject_type = forms.ChoiceField(label=_("subject type"))

    class Meta:
        model = LegalHold
        fields = ("subject_type", "subject_ref", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "subject_type" in self.fields:
            held = sorted({kind for policy in policies for kind in policy.held_by})
            self.fields["subject_type"].choices = [  # type: ignore[attr-defined]  # a choice field
                (kind, kind) for kind in held
            ]


@admin.register(LegalHold)
class LegalHoldAdmin(_HoldAdmin):
    """What no disposal touches; a hold works at once, a second person confirms it."""

    icon = "shield"
    order = 40
    form = HoldForm
    add_label = _("Place a hold")
    list_display = ["made_at", "subject_type", "subject_ref", "decision"]
    list_filter = ["decision", "subject_type"]

    def make(self, obj: LegalHold, values: dict[str, Any]) -> LegalHold:
        return place_hold(subject_type=obj.subject_type, subject_ref=obj.subject_ref, **values)


@admin.register(HoldRelease)
class HoldReleaseAdmin(_HoldAdmin):
    """Wishes to lift a hold; it ends when a second person agrees."""

    icon = "check"
    order = 50
    add_label = _("Ask for a release")
    list_display = ["made_at", "hold", "decision"]
    list_filter = ["decision"]
    list_select_related = ["hold"]
    fields = ["hold", "reason", *FourEyedAdmin.readonly_fields]

    def make(self, obj: HoldRelease, values: dict[str, Any]) -> HoldRelease:
        return ask_release(hold=obj.hold, **values)


@admin.register(CalendarDay)
class CalendarDayAdmin(ReadOnlyAdmin):
    """Working and trading days."""

    section = "rules"
    icon = "cal"
    order = 30

    def get_list_display(self, request: Any) -> list[Any]:
        return [f.name for f in self.opts.concrete_fields if f.name != "id"][:5]
