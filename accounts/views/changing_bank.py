"""The page of the bank that keeps a customer's money: finished, mended, changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.banking.selectors import blockers_of, change_of, link_of
from accounts.banking.states import CHANGE_OPEN, ChangeStatus
from accounts.forms.bank_change import BankChangeForm
from accounts.life.obstacles import in_holdings
from accounts.models import Application
from accounts.selectors import bank_name
from accounts.signing.codes import UnableToSign
from accounts.states import LinkStatus
from accounts.use_cases.change_bank import (
    ask_to_change_bank,
    confirm_bank_change,
    send_bank_code,
    take_back_bank_change,
)
from accounts.use_cases.link_bank import ask_now
from accounts.views.frame import READ_OR_WRITE, actor_of, language, mine
from brokerage.core import clock, masking
from brokerage.users.forms import CodeForm

ASK, AGAIN, CONFIRM, TAKE_BACK, FINISHED = "ask", "code", "confirm", "take_back", "finished"
Form = BankChangeForm | CodeForm


@login_required
@READ_OR_WRITE
def bank(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Where the bank stands, what is in the way, another bank or card, and the code."""
    found = mine(request, ref)
    link = link_of(found)
    if link is None:
        return redirect(found)
    at = clock.now()
    form = _form(request, found)
    refused = ""
    if request.method == "POST":
        try:
            if _act(request, found, form, at):
                return redirect("accounts:bank", found.ref)
        except UnableToSign as refusal:
            if isinstance(form, CodeForm) and form.is_bound:
                form.add_error("code", str(refusal))
            else:
                refused = str(refusal)
    change = change_of(found)
    is_open = change is not None and change.status in CHANGE_OPEN
    linked = link.status == LinkStatus.LINKED
    context: dict[str, Any] = {
        "application": found,
        "link": link,
        "bank": bank_name(link.bank),
        "linked": linked,
        "change": change,
        "is_open": is_open,
        "other": bank_name(change.bank) if change else "",
        "card": masking.bank_card(change.card or "") if change else "",
        "blockers": blockers_of(change),
        "left": in_holdings(found) if linked and not is_open else [],
        "form": form,
        "refused": refused,
        "phone": masking.phone(found.customer.phone),
    }
    status = 422 if form.errors or refused else 200
    return render(request, "accounts/bank_change.html", context, status=status)


def _form(request: HttpRequest, found: Application) -> Form:
    """The form that the page shows, bound where it was sent."""
    act = request.POST.get("act")
    change = change_of(found)
    if change and change.status == ChangeStatus.ASKED:
        return CodeForm(request.POST if act == CONFIRM else None)
    return BankChangeForm(request.POST if act == ASK else None, application=found)


def _act(request: HttpRequest, found: Application, form: Form, at: datetime) -> bool:
    """Do what was asked; False where something is to be typed again."""
    act, actor = request.POST.get("act"), actor_of(request)
    change, phone = change_of(found), found.customer.phone
    if act == ASK and isinstance(form, BankChangeForm):
        if not form.is_valid():
            return False
        made = ask_to_change_bank(application=found, **form.chosen(), actor=actor, at=at)
        send_bank_code(change=made, phone=phone, language=language(), at=at)
    elif act == AGAIN and change:
        send_bank_code(change=change, phone=phone, language=language(), at=at)
    elif act == CONFIRM and change:
        if not form.is_valid():
            return False
        code = form.cleaned_data["code"]
        confirm_bank_change(change=change, code=code, phone=phone, actor=actor, at=at)
    elif act == TAKE_BACK and change:
        take_back_bank_change(change=change, actor=actor, at=at)
    elif act == FINISHED:
        ask_now(application=found, at=at)
    return True
