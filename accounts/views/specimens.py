"""Identity cards to try the sandbox with: drawn, marked, of nobody."""

from __future__ import annotations

import base64
import io
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from PIL import Image

from accounts.documents.specimens import (
    credit_code_for,
    emblem_side,
    invented,
    photographed,
    portrait_side,
)
from accounts.gateways.scenarios import BY_SEQUENCE, Scenario

WORDS = {
    Scenario.MISMATCH: _("The police check does not agree"),
    Scenario.NOT_FOUND: _("The police register does not know the person"),
    Scenario.SLOW: _("Every answer takes two seconds"),
    Scenario.DOWN: _("Nobody answers"),
    Scenario.DUPLICATE: _("Has an account with another firm"),
    Scenario.TWICE: _("The police check answers twice, differently"),
    Scenario.LATE: _("Answers come after two minutes"),
    Scenario.FULL: _("Has three Shanghai accounts already"),
}


OF_BODIES = {
    "001": _("Everything agrees"),
    "901": _("The registry names another representative"),
    "902": _("The registry does not know the code"),
    "903": WORDS[Scenario.SLOW],
    "904": WORDS[Scenario.DOWN],
    "907": WORDS[Scenario.LATE],
    "909": _("The registry says that it was struck off"),
}
"""Organisations to try the registry of enterprises with, by the places of their code."""


class SpecimenForm(forms.Form):
    """Whom to draw."""

    person = forms.IntegerField(label=_("Person (1 to 365)"), min_value=1, max_value=365)
    scenario = forms.ChoiceField(
        label=_("What happens"),
        required=False,
        choices=[
            ("", _("Everything agrees")),
            *(
                (sequence, WORDS[scenario])
                for sequence, scenario in BY_SEQUENCE.items()
                if scenario in WORDS
            ),
        ],
    )


@require_safe
def specimens(request: HttpRequest) -> HttpResponse:
    """Both sides of one invented person's card; exists in the sandbox only."""
    if not settings.SANDBOX:
        raise Http404
    form = _form(request)
    bodies = [(credit_code_for(places), words) for places, words in OF_BODIES.items()]
    context: dict[str, Any] = {"form": form, "bodies": bodies}
    if form.is_valid():
        card = invented(form.cleaned_data["person"], form.cleaned_data["scenario"])
        context |= {
            "card": card,
            "portrait": _picture(portrait_side(card)),
            "emblem": _picture(emblem_side(card)),
        }
    return render(request, "accounts/specimens/cards.html", context)


def _form(request: HttpRequest) -> SpecimenForm:
    """The first person where nobody is named."""
    return SpecimenForm({"person": "1", "scenario": "", **request.GET.dict()})


def _picture(side: Image.Image) -> str:
    """A side as a photograph, in the page itself."""
    out = io.BytesIO()
    photographed(side).save(out, "JPEG", quality=85)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
