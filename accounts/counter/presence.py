"""The counter for whoever is not filmed: two people say in turn what they looked at."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.counter.desk import CASE, case_or_404, is_open, need_help
from accounts.counter.states import PersonLook
from accounts.states import Step
from accounts.use_cases.confirm_person import (
    confirm_first,
    confirm_second,
    present_of,
    to_confirm,
)
from accounts.use_cases.help_at_counter import help_with, is_witness
from accounts.use_cases.release_case import UnableToRelease
from accounts.views.frame import language
from brokerage.backoffice.frame import page
from brokerage.backoffice.people import user_of
from brokerage.core import clock


class PersonForm(forms.Form):
    """What one of the two looked at; nothing is ticked before."""

    looks = forms.MultipleChoiceField(
        label=gettext_lazy("What you looked at yourself"),
        choices=PersonLook.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Look at all of it, and tick it.")},
    )


def first(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The first of the two, who opened the case with the customer's code."""
    release = case_or_404(request, ref)
    row = release.application
    if not row.without_face or not is_open(row, Step.VIDEO):
        return redirect(CASE, release.ref)
    at, helper = clock.now(), user_of(request)
    form = PersonForm(request.POST or None)
    if form.is_valid():
        looks = form.cleaned_data["looks"]
        try:
            help_with(
                release=release,
                step=Step.VIDEO,
                helper=helper,
                at=at,
                act=lambda held: confirm_first(
                    release=held, helper=helper, looks=looks, language=language(), at=at
                ),
            )
        except UnableToRelease as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(request.path)
    context = {
        "release": release,
        "row": row,
        "form": form,
        "begun": present_of(row),
        "may_witness": is_witness(helper, release, at),
        "second": False,
    }
    return page(request, "accounts/counter/person.html", context)


def second(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The second of the two; they see nothing of the case but that somebody stands there."""
    need_help(request)
    at, person = clock.now(), user_of(request)
    release = to_confirm(person, at).filter(ref=ref).first()
    if release is None:
        raise Http404
    form = PersonForm(request.POST or None)
    if form.is_valid():
        try:
            confirm_second(release=release, second=person, looks=form.cleaned_data["looks"], at=at)
        except UnableToRelease as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Thank you. Your colleague goes on with the customer."))
            assert release.outlet is not None
            return redirect("admin:accounts_application_counter", release.outlet.code)
    context = {
        "release": release,
        "row": release.application,
        "form": form,
        "begun": None,
        "may_witness": is_witness(person, release, at),
        "second": True,
    }
    return page(request, "accounts/counter/person.html", context)
