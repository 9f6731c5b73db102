"""The step in which the customer sets trading and fund password."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts.facts import note_proved
from accounts.forms.base import seen_at, seen_token
from accounts.forms.passwords import PasswordsForm
from accounts.models import Application, StepTiming
from accounts.papers.kinds import born_on
from accounts.selectors import section_of
from accounts.states import Step
from accounts.use_cases.pins import WeakPin, set_pins
from accounts.use_cases.timing import time_of
from accounts.views.frame import MINE_FIRST, READ_OR_WRITE, actor_of, frame, is_done, mine, onward
from brokerage.core import clock
from brokerage.core.in_place import comes_in_place
from brokerage.journal.actors import Actor


@comes_in_place()
@sensitive_post_parameters()
@MINE_FIRST
@login_required
@READ_OR_WRITE
def passwords(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Both passwords at once; weak ones are refused beside their field."""
    found = mine(request, ref)
    if not found.may_change(Step.PASSWORDS):
        return redirect(found)
    if not is_done(found, Step.IDENTITY):
        messages.info(request, _("First your document: a password must not be part of it."))
        return redirect("accounts:step", found.ref, Step.IDENTITY.value)
    at = clock.now()
    form = PasswordsForm(request.POST or None)
    if form.is_valid():
        try:
            _set(found, form, actor_of(request), at, _timed(request, form, at))
        except WeakPin as weak:
            form.refuse(weak.problems)
        else:
            note_proved(found, Step.PASSWORDS)
            return onward(request, found, Step.PASSWORDS, at)
    context = frame(found, at) | {
        "form": form,
        "step": Step.PASSWORDS,
        "seen": seen_token(at),
        "are_set": is_done(found, Step.PASSWORDS),
    }
    return render(request, "accounts/passwords.html", context)


def _timed(request: HttpRequest, form: PasswordsForm, at: datetime) -> StepTiming | None:
    """How long the step took, where the page says when it was seen."""
    seen = seen_at(request.POST.get("seen", ""))
    return time_of(Step.PASSWORDS, since=seen, at=at, typed=len(form.fields)) if seen else None


def _set(
    application: Application,
    form: PasswordsForm,
    actor: Actor,
    at: datetime,
    timed: StepTiming | None,
) -> None:
    section = section_of(application, Step.IDENTITY)
    answers = section.answers if section else {}
    number = str(answers.get("id_number") or "")
    user = application.customer.user
    set_pins(
        customer=application.customer,
        pins=form.pins(),
        birth_date=born_on(answers, clock.business_date(at)),
        document=number,
        phones=(str(user.phone),) if user and user.phone else (),
        actor=actor,
        at=at,
        timed=timed,
    )
