"""Lists whose rows are added by a use case, and say beside the field why it refused.

A row never changes by a form; what may be done with it afterwards are its acts (`acts.py`).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from brokerage.backoffice.admin.acts import ActForm, WithActs
from brokerage.backoffice.people import user_of
from brokerage.core import clock
from brokerage.journal.actors import Actor

REFUSAL = "_refusal"


class AddingForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript at run time
    """Shows what the use case said beside its fields; what was typed stays."""

    refusal: ClassVar[dict[str, list[str]]] = {}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, texts in self.refusal.items():
            self.add_error(name if name in self.fields else None, texts)
        return cleaned

    def validate_constraints(self) -> None:
        """Left to the use case, which may end a row so that the new one fits."""


class ReasonForm(ActForm):
    """Why an act is done; for the journal."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class AddsAdmin(WithActs):
    """A row is added by `add`, and afterwards changes by its acts alone.

    Attributes:
        refusals: exceptions of the use cases; their `errors` by field, or else their text.
    """

    form = AddingForm
    refusals: ClassVar[tuple[type[Exception], ...]] = ()

    def add(self, request: HttpRequest, row: Any, form: Any) -> Any:
        """Make the row through a use case; returns it as it was saved."""
        raise NotImplementedError

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        refusal = getattr(request, REFUSAL, {})
        return type(form.__name__, (form,), {"refusal": refusal}) if refusal else form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        made = self.add(request, obj, form)
        obj.pk, obj.ref = made.pk, made.ref

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except self.refusals as refused:
            setattr(request, REFUSAL, errors_of(refused))
            return super().changeform_view(request, *args, **kwargs)


def errors_of(refused: Exception) -> dict[str, list[str]]:
    """The messages of a refusal by field."""
    found: dict[str, list[str]] = getattr(refused, "errors", None) or {"__all__": [str(refused)]}
    return found


def acting(request: HttpRequest) -> dict[str, Any]:
    """The arguments that every use case takes: who and when."""
    return {"actor": Actor.of(user_of(request)), "at": clock.now()}
