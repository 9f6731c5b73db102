"""The page of a customer who renews the document that their account rests on."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.documents.merging import as_answers
from accounts.forms.renewal import RenewalForm
from accounts.life.selectors import renewal_of
from accounts.life.states import RENEWAL_EDITABLE
from accounts.models import DocumentRenewal, IdDocument
from accounts.states import Status
from accounts.use_cases.photos import SIDES
from accounts.use_cases.readings import readings_of
from accounts.use_cases.renew_document import (
    UnableToRenew,
    begin_renewal,
    save_renewal,
    send_renewal,
)
from accounts.views.frame import READ_OR_WRITE, actor_of, mine
from accounts.views.photos import photo_of
from brokerage.core import clock


@login_required
@READ_OR_WRITE
def renew(request: HttpRequest, ref: UUID) -> HttpResponse:
    """How the document stands, and a new one in its place; a POST begins, keeps and sends."""
    found = mine(request, ref)
    if found.status != Status.ACTIVE:
        return redirect(found)
    at = clock.now()
    renewal = renewal_of(found)
    if request.method == "POST" and renewal is None:
        begin_renewal(application=found, at=at)
        return redirect("accounts:renew", found.ref)
    form = None
    if renewal and renewal.status in RENEWAL_EDITABLE:
        form = _form(request, renewal, at)
        if form.is_bound and _kept(request, form, at):
            return redirect("accounts:renew", found.ref)
    context = {
        "application": found,
        "document": IdDocument.objects.filter(application=found).first(),
        "renewal": renewal,
        "form": form,
        "photos": _photos(renewal, form, at) if renewal and form else [],
    }
    return render(request, "accounts/renewal.html", context, status=422 if _bad(form) else 200)


def _form(request: HttpRequest, renewal: DocumentRenewal, at: datetime) -> RenewalForm:
    answers = renewal.answers
    readings = readings_of([answers.get(side, "") for side in SIDES]).values()
    read: dict[str, Any] = {}
    for reading in readings:
        read |= as_answers(reading.found)
    if answers.get("id_valid_to"):
        read.pop("id_long_term", None)  # one of both, and the typed one stays
    typed = {name: value for name, value in answers.items() if value and name not in SIDES}
    shown = read | typed  # a kept photo is no upload: it stays in `photos`
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    return RenewalForm(
        *given, renewal=renewal, at=at, initial=shown | {"version": renewal.version}
    )


def _kept(request: HttpRequest, form: RenewalForm, at: datetime) -> bool:
    """Keep what is valid, then send where everything is; what is wrong stands beside its field."""
    form.is_valid()
    actor = actor_of(request)
    form.store(actor=actor, at=at)
    try:
        kept = save_renewal(
            renewal=form.renewal,
            values=form.values(),
            version=form.cleaned_data.get("version", -1),
            at=at,
        )
        if not form.errors and form.sends:
            send_renewal(renewal=kept, actor=actor, at=at)
    except UnableToRenew as refusal:
        form.add_error(None, str(refusal))
    form.renewal.refresh_from_db()
    data = request.POST.copy()
    data["version"] = str(form.renewal.version)  # the page goes on from what it shows now
    form.data = data
    return not form.errors


def _photos(renewal: DocumentRenewal, form: RenewalForm, at: datetime) -> list[Any]:
    answers = renewal.answers
    readings = readings_of([answers.get(side, "") for side in SIDES])
    return [(photo_of(side, answers, readings, at), form[side]) for side in SIDES]


def _bad(form: RenewalForm | None) -> bool:
    return bool(form and form.is_bound and form.errors)
