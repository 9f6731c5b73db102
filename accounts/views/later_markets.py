"""The page of a customer's markets: what is open, and another one from asking to opening."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.later_markets.selectors import (
    asked_of_depository,
    markets_of,
    open_wish,
    steps_of,
)
from accounts.later_markets.states import WishStatus
from accounts.models import Application, MarketWish
from accounts.permissions.hard_stops import account_stops
from accounts.signing.codes import UnableToSign
from accounts.signing.texts import blocks
from accounts.signing.typesetting import cannot_print
from accounts.states import Status
from accounts.terms import Market
from accounts.use_cases.open_later_market import (
    ask_for_market,
    send_market_code,
    sign_for_market,
    take_back_market,
)
from accounts.views.frame import READ_OR_WRITE, actor_of, language, mine
from brokerage.core import clock, masking
from brokerage.files import api as files
from brokerage.users.forms import CodeForm

ASK, CODE, SIGN, TAKE_BACK = "ask", "code", "sign", "take_back"


@login_required
@READ_OR_WRITE
def markets(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Each market; the text and the code of one that is asked for; where it stands since."""
    found = mine(request, ref)
    if found.status != Status.ACTIVE:
        return redirect(found)
    at = clock.now()
    form, refused = CodeForm(), ""
    if request.method == "POST":
        if request.POST.get("act") == SIGN:
            form = CodeForm(request.POST)
        try:
            if _act(request, found, form, at):
                return redirect("accounts:markets", found.ref)
        except UnableToSign as refusal:
            if form.is_bound:
                form.add_error("code", str(refusal))
            else:
                refused = str(refusal)
    context = _page(found) | {"form": form, "refused": refused}
    status = 422 if form.errors or refused else 200
    return render(request, "accounts/markets.html", context, status=status)


def _page(found: Application) -> dict[str, Any]:
    """What the page shows in each state of the wish that is on its way, or without one."""
    wish = open_wish(found)
    asked = wish is not None and wish.status == WishStatus.ASKED
    lines = markets_of(found)
    signed = [line.signed.file_ref for line in lines if line.signed and line.signed.file_ref]
    context: dict[str, Any] = {
        "application": found,
        "markets": lines,
        "papers": files.openable(found.customer.user, signed),
        "wish": wish,
        "stops": list(account_stops(found.customer)),
        "paper": cannot_print(found.customer.name),
    }
    if wish is not None:
        context["label"] = Market(wish.market).label
        context["steps"] = steps_of(wish)
        context["waits"] = None if asked else asked_of_depository(wish)
    if wish is not None and asked:
        context["blocks"] = blocks(wish.text.body)
        context["other_language"] = wish.text.language != language()
        context["sent"] = bool(wish.code_hash)
        context["phone"] = masking.phone(found.customer.phone)
    return context


def _act(request: HttpRequest, found: Application, form: CodeForm, at: datetime) -> bool:
    """Do what was asked; False where the code is to be typed again."""
    act, actor = request.POST.get("act"), actor_of(request)
    wish: MarketWish | None = open_wish(found)
    if act == ASK:
        market = request.POST.get("market", "")
        ask_for_market(application=found, market=market, language=language(), actor=actor, at=at)
    elif act == CODE and wish:
        send_market_code(wish=wish, phone=found.customer.phone, language=language(), at=at)
    elif act == SIGN and wish:
        if not form.is_valid():
            return False
        sign_for_market(wish=wish, code=form.cleaned_data["code"], actor=actor, at=at)
    elif act == TAKE_BACK and wish:
        take_back_market(wish=wish, actor=actor, at=at)
    return True
