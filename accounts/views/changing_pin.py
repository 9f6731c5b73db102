"""Another trading or fund password, after the account was opened."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts.forms.pin_change import ChangePinForm, CodeForPinForm, ResetPinForm
from accounts.models import Application, PinKind
from accounts.papers.kinds import born_on
from accounts.selectors import closed_since, section_of
from accounts.signing.codes import UnableToSign
from accounts.states import Status, Step
from accounts.use_cases.pins import (
    Known,
    PinRefused,
    WeakPin,
    change_pin,
    reset_pin,
    send_pin_code,
)
from accounts.views.frame import READ_OR_WRITE, actor_of, language, mine
from brokerage.core import clock, masking

CHANGE, SEND, RESET = "change", "send", "reset"


@sensitive_post_parameters()
@login_required
@READ_OR_WRITE
def change(request: HttpRequest, ref: UUID) -> HttpResponse:
    """With the present password; or, where it was forgotten, with a code and the document."""
    found = mine(request, ref)
    if found.status not in (Status.VISIT, Status.ACTIVE) or closed_since(found):
        return redirect(found)
    at, act = clock.now(), request.POST.get("act")
    forms: dict[str, Any] = {
        "known": ChangePinForm(request.POST if act == CHANGE else None, prefix="known"),
        "ask": CodeForPinForm(request.POST if act == SEND else None, prefix="ask"),
        "reset": ResetPinForm(request.POST if act == RESET else None, prefix="reset"),
    }
    sent = False
    if act == CHANGE and forms["known"].is_valid():
        if _change(request, found, forms["known"], at):
            return _done(request, found)
    elif act == SEND and forms["ask"].is_valid():
        sent = _send(found, forms["ask"], at)
        kind = forms["ask"].cleaned_data["kind"]
        forms["reset"] = ResetPinForm(prefix="reset", initial={"kind": kind})
    elif act == RESET and forms["reset"].is_valid() and _reset(request, found, forms["reset"], at):
        return _done(request, found)
    kind = forms["reset"]["kind"].value()
    context = {
        "application": found,
        "forms": forms,
        "sent": sent or act == RESET,
        "which": PinKind(kind).label if kind in PinKind.values else "",
        "phone": masking.phone(found.customer.phone),
    }
    failed = any(form.is_bound and form.errors for form in forms.values())
    return render(request, "accounts/pin_change.html", context, status=422 if failed else 200)


def _change(request: HttpRequest, found: Application, form: ChangePinForm, at: datetime) -> bool:
    given = form.cleaned_data
    try:
        change_pin(
            customer=found.customer,
            kind=PinKind(given["kind"]),
            old=given["old"],
            new=given["new"],
            known=_known(found, at),
            actor=actor_of(request),
            at=at,
        )
    except PinRefused as refused:
        form.add_error("old", str(refused))
    except WeakPin as weak:
        form.refuse(weak.problems)
    return not form.errors


def _send(found: Application, form: CodeForPinForm, at: datetime) -> bool:
    try:
        send_pin_code(
            customer=found.customer,
            kind=PinKind(form.cleaned_data["kind"]),
            phone=found.customer.phone,
            language=language(),
            at=at,
        )
    except UnableToSign as refusal:
        form.add_error(None, str(refusal))
    return not form.errors


def _reset(request: HttpRequest, found: Application, form: ResetPinForm, at: datetime) -> bool:
    given = form.cleaned_data
    try:
        reset_pin(
            customer=found.customer,
            kind=PinKind(given["kind"]),
            code=given["code"],
            id_number=given["id_number"],
            new=given["new"],
            known=_known(found, at),
            actor=actor_of(request),
            at=at,
        )
    except UnableToSign as refusal:
        form.add_error("code", str(refusal))
    except WeakPin as weak:
        form.refuse(weak.problems)
    return not form.errors


def _done(request: HttpRequest, found: Application) -> HttpResponse:
    messages.success(request, _("Your new password counts from now on."))
    return redirect(found)


def _known(found: Application, at: datetime) -> Known:
    """What others can find out about the customer."""
    section = section_of(found, Step.IDENTITY)
    return {
        "birth_date": born_on(section.answers if section else {}, clock.business_date(at)),
        "document": found.customer.id_number or "",
        "phones": (phone,) if (phone := found.customer.phone) else (),
    }
