"""Say what could be better, from the very screen: staff suggest, customers praise or complain."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from branches.suggestions.forms import PlaceForm, SuggestionForm, VoiceForm, known_step
from branches.suggestions.states import Device, Mood
from branches.use_cases.file_suggestion import UnableToFile, file_suggestion, raise_voice
from brokerage.core import clock, roles
from brokerage.core.display import formats
from brokerage.customers.use_cases import ensure_customer
from brokerage.journal.actors import Actor
from brokerage.users.models import Kind


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def suggest(request: HttpRequest) -> HttpResponse:
    """One page for both: the form follows from who asks."""
    user: Any = request.user
    kind: type[PlaceForm]
    if user.kind == Kind.CUSTOMER:
        kind, keep, template = VoiceForm, _keep_voice, "branches/voice.html"
    elif user.is_staff and roles.may(user, "branches.view_suggestion"):
        kind, keep, template = SuggestionForm, _keep_suggestion, "branches/suggest.html"
    else:
        raise Http404
    start = {"step": known_step(request.GET.get("step", "")), "screen": request.GET.get("from")}
    form: PlaceForm = kind(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            return keep(request, form)
        except UnableToFile as refusal:
            form.add_error(refusal.field, str(refusal))
    return render(request, template, {"form": form})


def _keep_suggestion(request: HttpRequest, form: PlaceForm) -> HttpResponse:
    typed = form.cleaned_data
    row = file_suggestion(
        author=request.user,  # type: ignore[arg-type]  # signed in
        place=form.place(_device(request)),
        title=typed["title"],
        text=typed["text"],
        at=clock.now(),
    )
    said = _("Filed. {owner} answers by {day}.").format(
        owner=row.owner, day=formats.day(row.due_on)
    )
    messages.success(request, said)
    return redirect("admin:branches_suggestion_change", row.ref)


def _keep_voice(request: HttpRequest, form: PlaceForm) -> HttpResponse:
    at = clock.now()
    user: Any = request.user
    row = raise_voice(
        customer=ensure_customer(user=user, at=at),
        place=form.place(_device(request)),
        mood=Mood(form.cleaned_data["mood"]),
        text=form.cleaned_data["text"],
        actor=Actor.of(user),
        at=at,
    )
    said = _("Thank you. You get an answer by {day}.").format(day=formats.day(row.due_on))
    messages.success(request, said)
    return redirect(reverse("messaging:inbox"))


def _device(request: HttpRequest) -> Device:
    phone = "Mobi" in request.headers.get("User-Agent", "")
    return Device.PHONE if phone else Device.DESKTOP
