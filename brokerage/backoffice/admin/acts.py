"""What may be done with one object: each act a card with its form, a right and a use case.

A form that is not filled in comes back as it was typed, on the page of its object.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.views.decorators.http import require_POST

from brokerage.backoffice.admin.base import ReadOnlyAdmin, ScopedAdmin
from brokerage.core import roles
from brokerage.files import api as files


class ActForm(forms.Form):
    """What an act asks for; `row` is the object on whose page it stands."""

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing that may be done with an object.

    Attributes:
        key: in the address.
        title: heading of its card.
        button: words of its button, a verb.
        right: the permission that it needs, such as `branches.answer_suggestion`.
        run: (request, row, cleaned values of the form) → what is said afterwards.
        shown: (user, row) → whether the object is in a state for it.
        form: what is asked.
        refusals: exceptions with a translated message that `run` may raise; where they have
            `errors` by field, those of the form stand beside their fields.
        kind: look of the button: "" (the main one), "2" or "stop".
        note: a sentence above the form.
    """

    key: str
    title: str | Promise
    button: str | Promise
    right: str
    run: Callable[[HttpRequest, Any, dict[str, Any]], str]
    shown: Callable[[Any, Any], bool]
    form: type[ActForm] | None = None
    refusals: tuple[type[Exception], ...] = ()
    kind: str = ""
    note: str | Promise = ""


@dataclass(frozen=True)
class Card:
    """An act as it stands on the page of one object."""

    act: Act
    form: ActForm | None
    url: str


class WithActs(ScopedAdmin):
    """An object's page with the acts that this person may do now."""

    acts: tuple[Act, ...] = ()
    change_form_template = "admin/with_acts.html"

    def own_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.act_view))
        name = self.url_name("act").rpartition(":")[2]
        return [path("<uuid:ref>/act/<slug:key>/", view, name=name), *super().own_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None:
            context["act_cards"] = self.cards(request, row)
            named = self.files_of(row)
            opens = files.openable(request.user, [ref for ref, _words in named])
            context["file_links"] = [
                (reverse("files:file", args=[ref]), words) for ref, words in named if ref in opens
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    def files_of(self, row: Any) -> Sequence[tuple[UUID, str]]:
        """Files that the page leads whoever may open them to: each ref with words for it."""
        return ()

    def cards(self, request: HttpRequest, row: Any) -> list[Card]:
        """The acts that this person may do with this object now."""
        typed: dict[str, ActForm] = getattr(request, "typed_acts", {})
        return [
            Card(
                act=act,
                form=typed.get(act.key) or _form(act, row),
                url=reverse(self.url_name("act"), args=[row.ref, act.key]),
            )
            for act in self.acts
            if self.may_act(request, row, act)
        ]

    def may_act(self, request: HttpRequest, row: Any, act: Act) -> bool:
        """Whether this person may do this with this object now."""
        return roles.may(request.user, act.right) and act.shown(request.user, row)

    def act_view(self, request: HttpRequest, ref: UUID, key: str) -> HttpResponse:
        """Do one act with a visible object, and say how it went."""
        row = self._row(request, ref)
        act = next((one for one in self.acts if one.key == key), None)
        if act is None:
            raise Http404
        if not roles.may(request.user, act.right):
            raise PermissionDenied
        values: dict[str, Any] = {}
        form = _form(act, row, request.POST, request.FILES)
        if form:
            if not form.is_valid():
                return self._shown_again(request, row, key, form)
            values = form.cleaned_data
        try:
            said = act.run(request, row, values)
        except act.refusals as refusal:
            if form and _is_told_beside(form, refusal):
                return self._shown_again(request, row, key, form)
            self.message_user(request, str(refusal), "error")
        else:
            self.message_user(request, said)
        return redirect(self.object_url(row))

    def _shown_again(
        self, request: HttpRequest, row: Any, key: str, form: ActForm
    ) -> HttpResponse:
        shown: Any = copy(request)
        shown.method = "GET"  # Django's page would take a POST for its own form
        shown.typed_acts = {key: form}
        return self.change_view(shown, str(row.ref))


def _form(
    act: Act,
    row: Any,
    given: QueryDict | None = None,
    files: MultiValueDict[str, UploadedFile[Any]] | None = None,
) -> ActForm | None:
    """The form of an act, if it has one. Several stand on one page: each has ids of its own."""
    return act.form(given, files, row=row, auto_id=f"{act.key}_%s") if act.form else None


def _is_told_beside(form: ActForm, refusal: Exception) -> bool:
    """Put the messages of a refusal beside their fields; whether it names any field of `form`."""
    errors: dict[str, list[str]] = getattr(refusal, "errors", None) or {}
    of_form = {name: texts for name, texts in errors.items() if name in form.fields}
    for name, texts in of_form.items():
        form.add_error(name, texts)
    return bool(of_form)


class ActsAdmin(WithActs, ReadOnlyAdmin):
    """Rows that neither begin nor change by a form: their acts are all that can be done."""
