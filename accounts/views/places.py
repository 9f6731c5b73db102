"""The outlet step: the nearest outlets as cards, and what trades cost there before it is saved."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.forms import StepForm
from accounts.models import Application
from accounts.nearby import nearby
from accounts.selectors import open_outlets, opening_quote, outlets_for_opening
from accounts.states import Step
from branches.finder.rules.geo import point_of
from branches.models import OrgUnit
from brokerage.core import clock

GEOLOCATION = "camera=(), microphone=(), geolocation=(self), payment=()"
QUOTE = "quote"
"""`part` of the address that asks for the bill alone."""


def asked_outlet(request: HttpRequest) -> OrgUnit | None:
    """The outlet that the address names by its code, if it takes applications today."""
    code = request.GET.get("outlet", "").replace("\0", "")[:40]
    return outlets_for_opening(clock.today()).filter(code=code).first() if code else None


def asks_for_quote(request: HttpRequest, step: str) -> bool:
    """Whether the page asks for the bill of an outlet that is chosen, but not saved yet."""
    return step == Step.OUTLET and request.method == "GET" and request.GET.get("part") == QUOTE


def quote(request: HttpRequest, application: Application) -> HttpResponse:
    """What a sample trade costs at the outlet whose ref the page sends; empty for none."""
    found = _by_ref(request.GET.get("outlet", ""))
    bill = opening_quote(application, clock.today(), found) if found else None
    return render(request, "accounts/quote.html", {"bill": bill})


def outlet_page(request: HttpRequest, application: Application, form: StepForm) -> dict[str, Any]:
    """The context of accounts/outlet.html; gives the field its cards."""
    asked = asked_outlet(request)
    chosen = asked or application.outlet
    if form.is_bound:
        chosen = _by_ref(str(form.data.get("outlet", ""))) or chosen
    elif asked:
        form.initial["outlet"] = asked.ref
    offered = nearby(
        application, at=form.at, near=point_of(request.GET.get("near", "")), chosen=chosen
    )
    field: Any = form.fields["outlet"]
    field.widget = forms.RadioSelect(choices=[(str(one.ref), one.name) for one in offered])
    field.choice_help = {str(one.ref): one.facts for one in offered}
    here = reverse("accounts:step", args=[application.ref, Step.OUTLET.value])
    return {
        "here": here,
        "quote_url": f"{here}?part={QUOTE}",
        "bill": opening_quote(application, form.on, chosen) if chosen else None,
    }


def _by_ref(ref: str) -> OrgUnit | None:
    try:
        return open_outlets(clock.today()).get(UUID(ref))
    except ValueError:
        return None
