"""The page on which a customer closes the account."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.gateways.base import Person
from accounts.life.obstacles import obstacles_of
from accounts.life.selectors import account_states, closing_of
from accounts.models import Application, Closing
from accounts.signing.codes import UnableToSign
from accounts.states import Status
from accounts.use_cases.close_account import (
    ask_to_close,
    confirm_closing,
    send_closing_code,
    withdraw_closing,
)
from accounts.views.frame import READ_OR_WRITE, actor_of, language, mine
from brokerage.core import clock, masking
from brokerage.users.forms import CodeForm

CODE, CONFIRM, TAKE_BACK = "code", "confirm", "take_back"


@login_required
@READ_OR_WRITE
def close(request: HttpRequest, ref: UUID) -> HttpResponse:
    """What is in the way and what to do about it; the code; then where each account stands."""
    found = mine(request, ref)
    if found.status not in (Status.ACTIVE, Status.VISIT):
        return redirect(found)
    at = clock.now()
    form, refused = CodeForm(), ""
    if request.method == "POST":
        if request.POST.get("act") == CONFIRM:
            form = CodeForm(request.POST)
        try:
            if _act(request, found, form, at):
                return redirect("accounts:close", found.ref)
        except UnableToSign as refusal:
            if form.is_bound:
                form.add_error("code", str(refusal))
            else:
                refused = str(refusal)
    closing = closing_of(found)
    waits = closing is None or closing.can_be_withdrawn
    context: dict[str, Any] = {
        "application": found,
        "at": at,
        "closing": closing,
        "form": form,
        "refused": refused,
        "obstacles": obstacles_of(found) if waits else [],
        "accounts": account_states(found),
        "phone": masking.phone(found.customer.phone),
    }
    return render(request, "accounts/closing.html", context, status=422 if form.errors else 200)


def _act(request: HttpRequest, found: Application, form: CodeForm, at: datetime) -> bool:
    """Do what was asked; False where the code is to be typed again."""
    act, actor = request.POST.get("act"), actor_of(request)
    closing = closing_of(found)
    if act == TAKE_BACK and closing:
        withdraw_closing(closing=closing, actor=actor, at=at)
    elif act == CODE:
        closing = ask_to_close(application=found, actor=actor, at=at)
        send_closing_code(closing=closing, phone=found.customer.phone, language=language(), at=at)
    elif act == CONFIRM and closing:
        if not form.is_valid():
            return False
        _confirm(closing, form.cleaned_data["code"], request, at)
    return True


def _confirm(closing: Closing, code: str, request: HttpRequest, at: datetime) -> None:
    customer = closing.application.customer
    signer = Person.of(customer)
    confirm_closing(closing=closing, code=code, signer=signer, actor=actor_of(request), at=at)
