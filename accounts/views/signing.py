"""Agreements and signature: what there is, one text after the other, then the code by SMS."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_htmx.http import push_url

from accounts.facts import facts_of, note_proved
from accounts.models import Application, Pack, PackDocument
from accounts.on_paper.selectors import paper_of
from accounts.signing.codes import UnableToSign
from accounts.signing.declaration import lines
from accounts.signing.packs import being_read, documents_of, pack_of, section_with
from accounts.signing.texts import prose_of, text_of, texts_at
from accounts.signing.typesetting import cannot_print
from accounts.states import Step
from accounts.use_cases.signing import (
    finish_document,
    open_document,
    present_pack,
    send_signing_code,
    sign_pack,
)
from accounts.views.frame import (
    MINE_FIRST,
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
from brokerage.core.in_place import came_along, comes_in_place, is_in_place
from brokerage.customers.own import OwnRow
from brokerage.users.forms import CodeForm

BEGIN, CODE = "begin", "code"
SHOWN = "shown_text"
"""The hash of the text that a page showed."""
PACK_IN_HAND = "pack_in_hand"
READING = OwnRow(being_read)
PLACE, TOKEN = "the-address-of-this-text", "the-token-of-this-page"
"""What stands in a text that was drawn for everybody."""


@comes_in_place()
@MINE_FIRST
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
            return _begin(request, found, at)
        form, leads = _code(request, found, at) if act == CODE else _sign(request, found, at)
        if leads:
            return leads
    context = _page(request, found, at) | {"form": form}
    return render(request, "accounts/signing/agreements.html", context)


@comes_in_place()
@READING.needed_first()
@login_required
@READ_OR_WRITE
def text(request: HttpRequest, ref: UUID, position: int) -> HttpResponse:
    """One text; it counts as read when it was open for its shortest time, by our clock.

    The page has those that follow with it, unseen: to its script, which shows them one by one, the
    answer says only which text comes next.
    """
    found = READING.or_404(request, ref)
    rows = documents_of(found)
    if not rows or not found.may_change(Step.AGREEMENTS):
        return redirect("accounts:agreements", found.ref)
    document = next((row for row in rows if row.position == position), None)
    if document is None:
        raise Http404
    if request.method != "POST":
        return _shown(request, found, rows, document)
    if request.POST.get(SHOWN, document.text.sha256) != document.text.sha256:
        return redirect("accounts:agreements", found.ref)  # there are newer texts since
    following = next((row for row in rows if row != document and row.read_at is None), None)
    try:
        finish_document(document=document, at=clock.now(), following=following)
    except UnableToSign as refusal:
        return _shown(request, found, rows, document, str(refusal))
    if following is None or not is_in_place(request):
        return redirect(_address(found, following))
    if came_along(request):
        return push_url(HttpResponse(status=204), _address(found, following))
    return _shown(request, found, rows, following)


def _begin(request: HttpRequest, application: Application, at: datetime) -> HttpResponse:
    """The first text that is not read; opened here because looking at a page writes nothing."""
    pack = present_pack(
        application=application,
        language=language(),
        actor=actor_of(request),
        at=at,
        shown=True,
    )
    rows = documents_of(pack)
    unread = next((row for row in rows if row.read_at is None), None)
    if unread and unread.opened_at is None:
        open_document(document=unread, at=at)
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
    """A text, with those that are not read after it."""
    after = [row for row in rows if row.read_at is None and row != document]
    here = {
        "document": document,
        "prose": prose_of(document.text_id),
        "address": _address(application, document),
        "texts": len(rows),
    }
    token = get_token(request)
    later = [_along(row, _address(application, row), token, len(rows)) for row in after]
    context = {"application": application, "now": here, "later": later, "refused": refused}
    page = render(request, "accounts/signing/text.html", context)
    return push_url(page, _address(application, document)) if is_in_place(request) else page


def _along(document: PackDocument, address: str, token: str, texts: int) -> dict[str, str]:
    """A text that its page has with it, unseen."""
    sheet = _sheet(document.text_id, document.position, texts, get_language() or "")
    filled = sheet.replace(PLACE, address).replace(TOKEN, token)
    return {"address": address, "drawn": mark_safe(filled)}  # noqa: S308  # a template's, and ours


@lru_cache(maxsize=256)
def _sheet(text: int, position: int, texts: int, language: str) -> str:
    """A text as pages show it in the reader's language: drawn once, with places to fill."""
    document = PackDocument(text=text_of(text), position=position)
    here = {"document": document, "prose": prose_of(text), "address": PLACE, "texts": texts}
    context = {"text": here, "refused": "", "csrf_token": TOKEN}
    return render_to_string("accounts/signing/one_text.html", context)


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
    try:
        pack = send_signing_code(
            application=application,
            phone=application.customer.phone,
            language=language(),
            at=at,
        )
    except UnableToSign as refusal:
        form = CodeForm({})
        form.errors["code"] = form.error_class([str(refusal)])
        return form, None
    setattr(request, PACK_IN_HAND, pack)
    return form, keeping_in_hand(request, application, _address(application, None))


def _sign(
    request: HttpRequest, application: Application, at: datetime
) -> tuple[CodeForm, HttpResponse | None]:
    """Sign with the code; a wrong one stays in its field with what to do."""
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            sign_pack(
                application=application,
                code=form.cleaned_data["code"],
                actor=actor_of(request),
                at=at,
            )
        except UnableToSign as refusal:
            form.add_error("code", str(refusal))
        else:
            note_proved(application, Step.AGREEMENTS)
            return form, onward(request, application, Step.AGREEMENTS, at)
    return form, None


def _page(request: HttpRequest, application: Application, at: datetime) -> dict[str, object]:
    """The texts with what was read, and how far the signature is."""
    pack: Pack | None = request.__dict__.get(PACK_IN_HAND) or pack_of(application)
    rows = documents_of(pack) if pack else []
    texts = [row.text for row in rows] or texts_at(at, language())
    all_read = bool(rows) and all(row.read_at for row in rows)
    declared = section_with(pack, Step.TAX) if pack and all_read else None
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
