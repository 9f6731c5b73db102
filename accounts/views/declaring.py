"""The page of a customer's tax residence: what counts, and another declaration until it counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.forms.declaring import form_for
from accounts.models import Application, TaxDeclaration
from accounts.rules.sections import lacking
from accounts.signing.codes import UnableToSign
from accounts.signing.declaration import lines
from accounts.states import Status, Step
from accounts.tax_changes.selectors import open_declaration, periods_of, returned_declaration
from accounts.tax_changes.states import DeclarationStatus
from accounts.use_cases.declare_tax import (
    begin_declaration,
    drop_declaration,
    send_tax_code,
    sign_declaration,
)
from accounts.views.frame import READ_OR_WRITE, actor_of, language, mine
from brokerage.core import clock, masking
from brokerage.files import api as files
from brokerage.users.forms import CodeForm

BEGIN, SAVE, CODE, SIGN, DROP = "begin", "save", "code", "sign", "drop"
EDIT = "edit"


@login_required
@READ_OR_WRITE
def declare(request: HttpRequest, ref: UUID) -> HttpResponse:
    """What counts and counted; a new declaration filled in, read once more, signed."""
    found = mine(request, ref)
    if found.status != Status.ACTIVE:
        return redirect(found)
    at = clock.now()
    row = open_declaration(found)
    draft = row if row and row.status == DeclarationStatus.DRAFT else None
    form, code, refused = None, CodeForm(), ""
    if draft and (_asks(draft) or EDIT in request.GET):
        form = form_for(draft, at)
    if request.method == "POST":
        act = request.POST.get("act", SAVE)
        if act == SAVE and draft:
            form = form_for(draft, at, request.POST)
        if act == SIGN:
            code = CodeForm(request.POST)
        try:
            if _act(request, found, draft, form if act == SAVE else code, at):
                return redirect("accounts:tax_change", found.ref)
        except UnableToSign as refusal:
            bound = next((each for each in (form, code) if each and each.is_bound), None)
            if bound is None:
                refused = str(refusal)
            else:
                bound.add_error("code" if bound is code else None, str(refusal))
    context = _page(found, row) | {"form": form, "code": code, "refused": refused}
    bad = bool(refused or code.errors or (form and form.is_bound))
    return render(request, "accounts/tax_change.html", context, status=422 if bad else 200)


def _act(
    request: HttpRequest, found: Application, draft: TaxDeclaration | None, form: Any, at: datetime
) -> bool:
    """Do what was asked; False where the page is to be filled in again."""
    act = request.POST.get("act", SAVE)
    if act == BEGIN:
        begin_declaration(application=found, at=at)
    elif draft is None:
        return True  # signed or given up on another device: the page shows how it stands
    elif act == CODE:
        send_tax_code(declaration=draft, language=language(), at=at)
    elif act == DROP:
        drop_declaration(declaration=draft)
    elif act == SIGN:
        if not form.is_valid():
            return False
        entered = form.cleaned_data["code"]
        sign_declaration(declaration=draft, code=entered, actor=actor_of(request), at=at)
    else:
        form.is_valid()
        form.store()
        return not form.errors
    return True


def _asks(draft: TaxDeclaration) -> bool:
    """Whether something is still to be filled in."""
    return draft.changed_on is None or bool(list(lacking(Step.TAX, draft.answers)))


def _page(found: Application, row: TaxDeclaration | None) -> dict[str, Any]:
    periods = periods_of(found)
    papers = [each.row.file_ref for each in periods if each.row and each.row.file_ref]
    return {
        "application": found,
        "declaration": row,
        "declared": lines(row.answers) if row else [],
        "draft": bool(row and row.status == DeclarationStatus.DRAFT),
        "returned": None if row else returned_declaration(found),
        "periods": periods,
        "papers": files.openable(found.customer.user, papers),
        "phone": masking.phone(found.customer.phone),
    }
