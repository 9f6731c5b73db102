"""Agreements and signature: what there is, one text after the other, then the code by SMS."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import push_url

from accounts.facts import facts_of
from accounts.gateways import Person
from accounts.models import Application, PackDocument
from accounts.on_paper.selectors import paper_of
from accounts.papers.kinds import person_of
from accounts.selectors import section_of
from accounts.signing.codes import UnableToSign
from accounts.signing.declaration import lines
from accounts.signing.texts import blocks_of, texts_at
from accounts.signing.typesetting import cannot_print
from accounts.states import Step
from accounts.use_cases.signing import (
    TITLES,
    finish_document,
    open_document,
    pack_of,
    present_pack,
    send_signing_code,
    sign_pack,
)
from accounts.views.frame import (
    READ_OR_WRITE,
    actor_of,
    frame,
    is_done,
    keeping_in_hand,
    language,
    mine,
    onward,
)
from brokerage.core import clock, masking
from brokerage.core.in_place import comes_in_place, is_in_place
from brokerage.users.forms import CodeForm

BEGIN, CODE = "begin", "code"


@comes_in_place()
@login_required
@READ_OR_WRITE
def agreements(request: HttpRequest, ref: UUID) -> HttpResponse:
    """What there is to sign; all texts read, a code by SMS, and the signature."""
    found = mine(request, ref)
    if not found.may_change(Step.AGREEMENTS):
        return redirect(found)
    done = facts_of(found).done
    if Step.IDENTITY not in done:
        messages.info(request, _("First your document: the signature needs your name."))
        return redirect("accounts:step", found.ref, Step.IDENTITY.value)
    if Step.TAX not in done:
        messages.info(request, _("First your tax declaration: you sign it with the agreements."))
        return redirect("accounts:step", found.ref, Step.TAX.value)
    at = clock.now()
    form = CodeForm()
    if request.method == "POST" and not cannot_print(found.applicant_name):
        act = request.POST.get("act")
        if act == BEGIN:
            present_pack(application=found, language=language(), actor=actor_of(request), at=at)
            rows = TITLES.load(application=found.pk)
            return _go_on(request, found, rows, _opened(rows, at))
        form, leads = _code(request, found, at) if act == CODE else _sign(request, found, at)
        if leads:
            return leads
    return render(request, "accounts/signing/agreements.html", _page(found, at) | {"form": form})


@comes_in_place()
@login_required
@READ_OR_WRITE
def text(request: HttpRequest, ref: UUID, position: int) -> HttpResponse:
    """One text; it counts as read when it was open for its shortest time, by our clock.

    In place the next text comes in the answer to the last, of the texts in hand.
    """
    found = mine(request, ref)
    rows = TITLES.load(application=found.pk)
    if not rows or not found.may_change(Step.AGREEMENTS):
        return redirect("accounts:agreements", found.ref)
    document = next((row for row in rows if row.position == position), None)
    if document is None:
        raise Http404
    at = clock.now()
    refused = ""
    if request.method == "POST":
        try:
            finish_document(document=document, at=at)
        except UnableToSign as refusal:
            refused = str(refusal)
        else:
            return _go_on(request, found, rows, _opened(rows, at))
    return _shown(request, found, rows, document, refused)


def _go_on(
    request: HttpRequest,
    application: Application,
    rows: list[PackDocument],
    unread: PackDocument | None,
) -> HttpResponse:
    """The next text, or where all of them are signed."""
    if unread is None or not is_in_place(request):
        return keeping_in_hand(request, application, _address(application, unread))
    return _shown(request, application, rows, unread)


def _shown(
    request: HttpRequest,
    application: Application,
    rows: list[PackDocument],
    document: PackDocument,
    refused: str = "",
) -> HttpResponse:
    here = _address(application, document)
    context = {
        "application": application,
        "document": document,
        "blocks": blocks_of(document.text_id),
        "number": document.position,
        "texts": len(rows),
        "refused": refused,
        "here": here,
    }
    page = render(request, "accounts/signing/text.html", context)
    return push_url(page, here) if is_in_place(request) else page


def _opened(rows: Iterable[PackDocument], at: datetime) -> PackDocument | None:
    """The first text that is not read, opened here because looking at a page writes nothing."""
    unread = next((row for row in rows if row.read_at is None), None)
    if unread is not None:
        open_document(document=unread, at=at)
    return unread


def _address(application: Application, document: PackDocument | None) -> str:
    """Where a text is read; without one, where the texts are signed."""
    if document is None:
        return reverse("accounts:agreements", args=[application.ref])
    return reverse("accounts:text", args=[application.ref, document.position])


def _code(
    request: HttpRequest, application: Application, at: datetime
) -> tuple[CodeForm, HttpResponse | None]:
    """Send a code; the refusal stands beside the field."""
    form = CodeForm()
    pack = pack_of(application)
    try:
        if pack is None:
            raise UnableToSign(_("Read all texts first."))
        send_signing_code(pack=pack, phone=application.customer.phone, language=language(), at=at)
    except UnableToSign as refusal:
        form = CodeForm({})
        form.errors["code"] = form.error_class([str(refusal)])
        return form, None
    return form, keeping_in_hand(request, application, _address(application, None))


def _sign(
    request: HttpRequest, application: Application, at: datetime
) -> tuple[CodeForm, HttpResponse | None]:
    """Sign with the code; a wrong one stays in its field with what to do."""
    form = CodeForm(request.POST)
    pack = pack_of(application)
    if pack is None:
        return CodeForm(), redirect(_address(application, None))
    if form.is_valid():
        try:
            sign_pack(
                pack=pack,
                code=form.cleaned_data["code"],
                signer=signer_of(application),
                actor=actor_of(request),
                at=at,
            )
        except UnableToSign as refusal:
            form.add_error("code", str(refusal))
        else:
            fresh = mine(request, application.ref)
            return form, onward(request, fresh, Step.AGREEMENTS, at)
    return form, None


def signer_of(application: Application) -> Person:
    """Name and document as the customer gave them; the police check must match exactly these."""
    section = section_of(application, Step.IDENTITY)
    given = section.answers if section else {}
    return person_of(given)


def _page(application: Application, at: datetime) -> dict[str, object]:
    """The texts with what was read, and how far the signature is."""
    pack = pack_of(application)
    rows = TITLES.load(application=application.pk) if pack else []
    texts = [row.text for row in rows] or texts_at(at, language())
    all_read = bool(rows) and all(row.read_at for row in rows)
    declared = section_of(application, Step.TAX) if all_read else None
    lacking = cannot_print(application.applicant_name)
    read = sum(row.read_at is not None for row in rows)
    return frame(application, at) | {
        "step": Step.AGREEMENTS,
        "pack": pack,
        "rows": rows,
        "cannot_print": lacking,
        "paper": paper_of(application) if lacking else None,
        "declared": lines(declared.answers) if declared else [],
        "titles": [row.title for row in texts],
        "minutes_to_read": max(1, round(sum(row.least_seconds for row in texts) / 60)),
        "read": read,
        "texts": len(texts),
        "all_read": all_read,
        "is_signed": is_done(application, Step.AGREEMENTS),
        "sent": bool(pack and pack.code_hash),
        "phone": masking.phone(application.customer.phone),
    }
