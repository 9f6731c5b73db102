"""A customer who wants what does not suit them: their wish, the warning, the pause."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from brokerage.core import clock
from brokerage.customers.own import own_or_404
from brokerage.journal.actors import Actor
from suitability.forms import AcknowledgeForm, WishForm
from suitability.models import InsistCase, MatchRecord, Outcome, in_language
from suitability.selectors.rules import insist_rules_on, text_of
from suitability.states import InsistStatus
from suitability.use_cases.insisting import (
    UnableToInsist,
    acknowledge_warning,
    ask_to_insist,
    confirm_insisting,
    may_confirm_from,
    show_warning,
    withdraw_insisting,
)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def insist(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The step that is due; only on a decision that leaves it open, and never offered by us."""
    rows = MatchRecord.objects.select_related("item", "customer")
    decision = own_or_404(rows, request, ref)
    if decision.outcome != Outcome.INSIST:
        return redirect("suitability:decision", ref=ref)
    case = InsistCase.objects.select_related("place").filter(record=decision).first()
    if request.method == "POST":
        return _post(request, decision, case)
    return _page(request, decision, case)


def _post(request: HttpRequest, decision: MatchRecord, case: InsistCase | None) -> HttpResponse:
    """One step; a refusal is shown on the page and loses nothing that was typed."""
    step = request.POST.get("step", "")
    form: Any = None
    try:
        if case is None:
            form = WishForm(request.POST)
            if not form.is_valid():
                return _page(request, decision, None, form=form, status=422)
            asked = ask_to_insist(
                decision=decision,
                wish=form.cleaned_data["wish"],
                language=get_language() or "zh-hans",
                actor=Actor.of(_user(request)),
                at=clock.now(),
            )
            show_warning(case=asked, actor=Actor.of(_user(request)), at=clock.now())
        elif step == "acknowledge":
            form = AcknowledgeForm(request.POST, label=_words(case)["acknowledge"])
            if not form.is_valid():
                return _page(request, decision, case, form=form, status=422)
            acknowledge_warning(
                case=case,
                warning=form.cleaned_data["warning"],
                actor=Actor.of(_user(request)),
                at=clock.now(),
            )
        elif done := STEPS.get(step):
            done(case=case, actor=Actor.of(_user(request)), at=clock.now())
    except UnableToInsist as error:
        return _page(request, decision, case, form=form, refusal=str(error), status=409)
    if step == "withdraw":
        messages.success(request, _("You have given it up."))
    return redirect("suitability:insist", ref=decision.ref)


STEPS: dict[str, Callable[..., InsistCase]] = {
    "warning": show_warning,
    "confirm": confirm_insisting,
    "withdraw": withdraw_insisting,
}


def _page(
    request: HttpRequest,
    decision: MatchRecord,
    case: InsistCase | None,
    *,
    form: Any = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    at = clock.now()
    context: dict[str, Any] = {"decision": decision, "case": case, "refusal": refusal}
    if case is None:
        context["form"] = form or WishForm()
    elif case.status == InsistStatus.WARNED:
        words = _words(case)
        context["warning"] = words
        context["form"] = form or AcknowledgeForm(
            initial={"warning": case.warning}, label=words["acknowledge"]
        )
    elif case.status == InsistStatus.ACKNOWLEDGED:
        context["from_at"] = may_confirm_from(case, insist_rules_on(clock.business_date(at)))
        context["may_confirm"] = context["from_at"] and context["from_at"] <= at
    return render(request, "suitability/insist.html", context, status=status)


def _words(case: InsistCase) -> dict[str, Any]:
    """The warning that this case began with, in the reader's language."""
    found = text_of(case.warning)
    return {
        "title": in_language(found["title"]),
        "paragraphs": [in_language(each) for each in found["paragraphs"]],
        "acknowledge": in_language(found["acknowledge"]),
        "version": case.warning,
    }


def _user(request: HttpRequest) -> Any:
    return request.user
