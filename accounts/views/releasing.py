"""Going on elsewhere: at an outlet with a release code, or on another device of one's own."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.counter.forms import counter_form
from accounts.counter.states import ReleaseEnd
from accounts.models import Application, Section
from accounts.states import Step
from accounts.use_cases import StepRefused
from accounts.use_cases.help_at_counter import confirm_step
from accounts.use_cases.release_case import UnableToRelease, end_case, offer_case
from accounts.views.frame import actor_of, frame, mine, onward
from branches.entry_codes import qr_svg
from brokerage.core import clock, scope
from brokerage.users.models import Kind

END = "end"


@login_required
@require_POST
def release(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Make a code for an outlet, or end what the outlet may do."""
    found = mine(request, ref)
    actor, at = actor_of(request), clock.now()
    if request.POST.get("act") == END:
        end_case(application=found, ended_by=ReleaseEnd.CUSTOMER, actor=actor, at=at)
        messages.success(request, _("Ended. The outlet sees nothing of your application now."))
        return redirect(found)
    try:
        offer_case(application=found, actor=actor, at=at)
    except UnableToRelease as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{found.get_absolute_url()}#outlet")


@login_required
@require_http_methods(["GET", "HEAD"])
def elsewhere(request: HttpRequest, ref: UUID) -> HttpResponse:
    """A QR code and a short number for another device; signing in there is asked all the same."""
    found = mine(request, ref)
    if not found.is_editable:
        return redirect(found)
    there = request.build_absolute_uri(reverse("accounts:go_on"))
    picture = qr_svg(f"{there}?case={found.case_number}")
    context = {
        "application": found,
        "picture": mark_safe(picture),  # noqa: S308 - made by segno from our own address
        "address": there.split("://", 1)[-1],
    }
    return render(request, "accounts/elsewhere.html", context)


class CaseForm(forms.Form):
    """The short number of one's own application."""

    case = forms.RegexField(
        r"\A[0-9A-Fa-f]{8}\Z",
        label=gettext_lazy("Number of your application"),
        strip=True,
        error_messages={
            "invalid": gettext_lazy("Eight characters, digits and the letters A to F.")
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


@login_required
@require_http_methods(["GET", "HEAD"])
def go_on(request: HttpRequest) -> HttpResponse:
    """Lead to the application with this number, of the person who is signed in and nobody else.

    The number is no secret: who signs in with another phone number learns nothing by it.
    """
    form = CaseForm(request.GET or None)
    if form.is_valid():
        number = form.cleaned_data["case"].lower()
        rows = scope.visible(Application.objects.order_by("-created_at"), request.user)
        own = rows if getattr(request.user, "kind", "") == Kind.CUSTOMER else rows.none()
        if found := next((row for row in own if str(row.ref).startswith(number)), None):
            return redirect(found)
        form.add_error(
            "case", _("You have no such application. Sign in with the phone number it began with.")
        )
    return render(request, "accounts/go_on.html", {"form": form})


def confirm(
    request: HttpRequest, application: Application, section: Section, at: datetime
) -> HttpResponse:
    """What staff entered for one step: confirmed as it stands, or corrected by the customer."""
    step = Step(section.step)
    form = counter_form(application, step)(application=application, section=section, at=at)
    if request.method == "POST":
        try:
            saved = confirm_step(
                application=application,
                step=step,
                version=_number(request.POST.get("version", "")),
                actor=actor_of(request),
                at=at,
            )
        except StepRefused as refusal:
            messages.error(request, str(refusal))
            return redirect(request.path)
        return onward(request, saved, step, at)
    context = {"step": step, "section": section, "lines": form.kept_lines()}
    return render(request, "accounts/confirm.html", frame(application, at) | context)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
