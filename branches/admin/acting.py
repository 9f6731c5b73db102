"""Lists whose forms act through a use case, and say beside the field why it refused."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path

from brokerage.backoffice.admin import ScopedAdmin
from brokerage.backoffice.people import user_of
from brokerage.core import clock
from brokerage.journal.actors import Actor

REFUSAL = "_refusal"


class ActingForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript at run time
    """Shows what the use case said beside its fields; what was typed stays."""

    refusal: ClassVar[dict[str, list[str]]] = {}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, texts in self.refusal.items():
            self.add_error(name if name in self.fields else None, texts)
        return cleaned

    def validate_constraints(self) -> None:
        """Left to the use case, which may end a row so that the new one fits."""


class ActingAdmin(ScopedAdmin):
    """A row is added by `act`; it never changes by a form, and ends by a named act.

    Attributes:
        refusals: exceptions of the use cases; their `errors` by field, or else their text.
        acts: names of POST-only acts on one row: `/<ref>/<name>/` calls `act_<name>`.
    """

    form = ActingForm
    refusals: ClassVar[tuple[type[Exception], ...]] = ()
    acts: ClassVar[tuple[str, ...]] = ()

    def act(self, request: HttpRequest, row: Any, form: Any) -> Any:
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
        made = self.act(request, obj, form)
        obj.pk, obj.ref = made.pk, made.ref

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except self.refusals as refused:
            setattr(request, REFUSAL, errors_of(refused))
            return super().changeform_view(request, *args, **kwargs)

    def own_urls(self) -> list[URLPattern]:
        base = f"{self.opts.app_label}_{self.opts.model_name}"
        wrap = self.admin_site.admin_view
        urls = [
            path(f"<uuid:ref>/{name}/", wrap(self._act_view(name)), name=f"{base}_{name}")
            for name in self.acts
        ]
        return [*urls, *super().own_urls()]

    def may_act(self, request: HttpRequest, name: str) -> bool:
        """Whether this person may take the named act; by default who may add may end."""
        return self.has_add_permission(request)

    def _act_view(self, name: str) -> Any:
        def view(request: HttpRequest, ref: UUID) -> HttpResponse:
            row = self._row(request, ref)
            if not self.may_act(request, name):
                raise PermissionDenied
            if request.method == "POST":
                try:
                    said = getattr(self, f"act_{name}")(request, row)
                except self.refusals as refused:
                    self.message_user(request, str(refused), "error")
                else:
                    self.message_user(request, said)
            return redirect(self.object_url(row))

        return view


def errors_of(refused: Exception) -> dict[str, list[str]]:
    """The messages of a refusal by field."""
    found: dict[str, list[str]] = getattr(refused, "errors", None) or {"__all__": [str(refused)]}
    return found


def acting(request: HttpRequest) -> dict[str, Any]:
    """The arguments that every use case takes: who and when."""
    return {"actor": Actor.of(user_of(request)), "at": clock.now()}
