"""What is told before a sale, one step a page; each step is a POST, a GET only shows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from brokerage.core import clock
from brokerage.customers.own import customer_user_or_404, own_or_404
from brokerage.journal.actors import Actor
from suitability.explaining import explain
from suitability.forms import AcceptTextForm, MoneyForm
from suitability.models import Disclosure, MatchRecord, Outcome, in_language
from suitability.selectors.rules import disclosure_rules_on, text_of
from suitability.states import DisclosureStatus
from suitability.use_cases.disclosing import (
    UnableToDisclose,
    accept_points,
    acknowledge_five,
    begin_disclosure,
    confirm_disclosure,
    give_up_disclosure,
    show_points,
)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def disclosure(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The step that is due; without a begun disclosure the way back to the decision."""
    rows = MatchRecord.objects.select_related("item", "customer")
    decision = own_or_404(rows, request, ref)
    row = Disclosure.objects.filter(record=decision).first()
    if request.method == "POST":
        return _post(request, decision, row)
    if row is None:
        return redirect("suitability:decision", ref=ref)
    return _page(request, decision, row)


def _post(request: HttpRequest, decision: MatchRecord, row: Disclosure | None) -> HttpResponse:
    """One step; a refusal is shown on the page and loses nothing that was typed."""
    form: Any = None
    try:
        if row is None:
            begin_disclosure(
                decision=decision, language=get_language() or "zh-hans", **_given(request)
            )
        else:
            form = _form(row, request.POST)
            if request.POST.get("step") == "give_up":
                give_up_disclosure(row=row, **_given(request))
            elif form is not None and not form.is_valid():
                return _page(request, decision, row, form=form, status=422)
            else:
                _step(request, row, form)
    except UnableToDisclose as error:
        if row is None:
            messages.error(request, str(error))
            return redirect("suitability:decision", ref=decision.ref)
        return _page(request, decision, row, form=form, refusal=str(error), status=409)
    return redirect("suitability:disclosure", ref=decision.ref)


def _step(request: HttpRequest, row: Disclosure, form: Any) -> None:
    """The step that is due in this state."""
    given = _given(request)
    if row.status == DisclosureStatus.SHOWN:
        acknowledge_five(row=row, text=form.cleaned_data["text"], **given)
    elif row.status == DisclosureStatus.READ:
        show_points(row=row, extra=form.cleaned_data["extra"], **given)
    elif row.status == DisclosureStatus.WARNED:
        accept_points(row=row, text=form.cleaned_data["text"], **given)
    elif row.status == DisclosureStatus.THINKING:
        confirm_disclosure(row=row, **given)


def _page(
    request: HttpRequest,
    decision: MatchRecord,
    row: Disclosure,
    *,
    form: Any = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    at = clock.now()
    context: dict[str, Any] = {
        "decision": decision,
        "row": row,
        "refusal": refusal,
        "form": form or _form(row),
        "suits": decision.outcome == Outcome.MATCH,
    }
    if version := _version(row):
        found = text_of(version)
        context |= {
            "title": in_language(found["title"]),
            "paragraphs": [in_language(each) for each in found["paragraphs"]],
            "version": version,
        }
    if row.status == DisclosureStatus.SHOWN:
        context["told"] = explain(decision)
    if row.status == DisclosureStatus.THINKING and row.accepted_at:
        context["from_at"] = row.accepted_at + disclosure_rules_on(clock.today()).thinking
        context["may_confirm"] = context["from_at"] <= at
    return render(request, "suitability/disclosure.html", context, status=status)


def _version(row: Disclosure) -> str:
    """The text that stands on the page in this state."""
    if row.status == DisclosureStatus.SHOWN:
        return row.text
    return row.special_text if row.status == DisclosureStatus.WARNED else ""


def _form(row: Disclosure, data: Any = None) -> Any:
    """What this state asks; None where a button is enough."""
    if row.status == DisclosureStatus.READ:
        return MoneyForm(data)
    if version := _version(row):
        label = in_language(text_of(version)["acknowledge"])
        return AcceptTextForm(data, label=label, initial={"text": version})
    return None


def _given(request: HttpRequest) -> dict[str, Any]:
    return {"actor": Actor.of(customer_user_or_404(request)), "at": clock.now()}
