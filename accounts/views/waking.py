"""The page on which a customer wakes an account at rest."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.dormancy.selectors import rest_of
from accounts.gateways.base import Person
from accounts.models import Dormancy
from accounts.signing.codes import UnableToSign
from accounts.use_cases.wake_account import document_is_over, send_waking_code, wake_account
from accounts.views.frame import READ_OR_WRITE, actor_of, language, mine
from brokerage.core import clock, masking
from brokerage.users.forms import CodeForm

CODE, WAKE = "code", "wake"


@login_required
@READ_OR_WRITE
def wake(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Why the account rests, what is closed, and the code that wakes it."""
    found = mine(request, ref)
    rest = rest_of(found)
    if rest is None:
        return redirect(found)
    at = clock.now()
    form, refused = CodeForm(), ""
    if request.method == "POST":
        if request.POST.get("act") == WAKE:
            form = CodeForm(request.POST)
        try:
            if _act(request, rest, form, at):
                return redirect("accounts:wake", found.ref)
        except UnableToSign as refusal:
            if form.is_bound:
                form.add_error("code", str(refusal))
            else:
                refused = str(refusal)
        rest.refresh_from_db()
    context: dict[str, Any] = {
        "application": found,
        "rest": rest,
        "form": form,
        "refused": refused,
        "renew_first": document_is_over(rest),
        "phone": masking.phone(rest.application.customer.phone),
    }
    return render(request, "accounts/waking.html", context, status=422 if form.errors else 200)


def _act(request: HttpRequest, rest: Dormancy, form: CodeForm, at: datetime) -> bool:
    """Do what was asked; False where the code is to be typed again."""
    if request.POST.get("act") == CODE:
        send_waking_code(
            dormancy=rest, phone=rest.application.customer.phone, language=language(), at=at
        )
    elif request.POST.get("act") == WAKE:
        if not form.is_valid():
            return False
        customer = rest.application.customer
        signer = Person.of(customer)
        code = form.cleaned_data["code"]
        wake_account(dormancy=rest, code=code, signer=signer, actor=actor_of(request), at=at)
        if rest_of(rest.application) is None:  # nothing was closed yet
            messages.success(request, _("Your account is awake. Everything is open."))
    return True
