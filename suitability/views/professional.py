"""Professional investors on the portal: what it means, an application, the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from brokerage.core import clock
from brokerage.customers.own import customer_user_or_404, own_or_404
from brokerage.customers.selectors import customer_of
from brokerage.customers.use_cases import ensure_customer
from brokerage.journal.actors import Actor
from suitability.models import InvestorStatus, StatusRequest
from suitability.professional_forms import (
    KIND_WORDS,
    KindForm,
    NoticeForm,
    SendForm,
    fact_label,
    least_words,
)
from suitability.rules.classes import (
    MAY_STEP_BACK,
    ProfessionalRules,
    groups_of,
    kinds_for,
)
from suitability.rules.conditions import Condition
from suitability.rules.grades import ProfessionalKind
from suitability.selectors.rules import procedure_on
from suitability.selectors.simulated import CONVERSION, practised
from suitability.selectors.statuses import groups_of_request, is_person, status_on
from suitability.states import RequestStatus
from suitability.use_cases.asking_status import (
    UnableToAsk,
    ask_for_status,
    explain_protections,
    may_ask,
    send_request,
    withdraw_request,
)
from suitability.use_cases.ending_status import UnableToStepBack, give_up_status
from suitability.use_cases.knowledge_tests import begin_test

READ_OR_WRITE = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class AskedFact:
    """One fact as the page asks for it: what it needs, and what has been given."""

    fact: str
    label: str
    least: str
    proof: Any = None


@dataclass(frozen=True)
class AskedKind:
    """One kind with its test: groups of facts, of each of which one is enough."""

    label: str
    groups: list[list[AskedFact]]


@login_required
@READ_OR_WRITE
def professional(request: HttpRequest) -> HttpResponse:
    """What kinds there are, what one has, and the way into an application."""
    user = customer_user_or_404(request)
    at = clock.now()
    on = clock.business_date(at)
    customer = customer_of(user)
    person = customer is None or is_person(customer)
    form, refusal = KindForm(kinds=kinds_for(person=person)), ""
    if request.method == "POST":
        form = KindForm(request.POST, kinds=kinds_for(person=person))
        if form.is_valid():
            try:
                asked = ask_for_status(
                    customer=ensure_customer(user=user, at=at),
                    kind=form.cleaned_data["kind"],
                    language=get_language() or "zh-hans",
                    actor=Actor.of(user),
                    at=at,
                )
            except UnableToAsk as error:
                refusal = str(error)
            else:
                return redirect(asked)
    procedure = procedure_on(on)
    rules = procedure.rules
    context: dict[str, Any] = {
        "form": form,
        "refusal": refusal,
        "held": status_on(customer, on) if customer else None,
        "requests": StatusRequest.objects.filter(customer=customer).order_by("-pk")[:5]
        if customer
        else [],
        "kinds": [_kind(kind, rules, person=person) for kind in kinds_for(person=person)],
    }
    if held := context["held"]:
        context["may_step_back"] = held.professional in MAY_STEP_BACK
    context["may_apply"] = may_ask(context["held"], procedure, on) and not any(
        each.status not in ENDED for each in context["requests"]
    )
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "suitability/professional.html", context, status=status)


ENDED = StatusRequest.TRANSITIONS.terminal


@login_required
@READ_OR_WRITE
def status_request(request: HttpRequest, ref: UUID) -> HttpResponse:
    """One application: its steps and how it stands; each step is a POST with `step`."""
    row = own_or_404(StatusRequest.objects.select_related("customer"), request, ref)
    form, refusal = SendForm(initial=_written(row), conversion=row.is_conversion), ""
    if request.method == "POST":
        form = SendForm(request.POST, conversion=row.is_conversion)
        if request.POST.get("step") != "send":
            form = SendForm(initial=_written(row), conversion=row.is_conversion)
        try:
            if answer := _step(request, row, form):
                return answer
        except UnableToAsk as error:
            refusal = str(error)
    return _request_page(request, row, form, refusal)


def _step(request: HttpRequest, row: StatusRequest, form: SendForm) -> HttpResponse | None:
    """Do the step that was asked for; None where the form is shown again."""
    given: dict[str, Any] = {"actor": Actor.of(customer_user_or_404(request)), "at": clock.now()}
    step = request.POST.get("step", "")
    if step == "explain":
        explain_protections(request=row, **given)
        return redirect("suitability:protections", ref=row.ref)
    if step == "test":
        begin_test(request=row, at=given["at"])
        return redirect("suitability:knowledge", ref=row.ref)
    if step == "withdraw":
        withdraw_request(request=row, **given)
        messages.success(request, _("You took the application back."))
        return redirect(row)
    if step != "send" or not form.is_valid():
        return None if step == "send" else redirect(row)
    send_request(
        request=row,
        purpose=form.cleaned_data["purpose"],
        extra=form.cleaned_data.get("extra", ""),
        **given,
    )
    messages.success(request, _("We have your application. Two officers look at it."))
    return redirect(row)


def _request_page(
    request: HttpRequest, row: StatusRequest, form: SendForm, refusal: str
) -> HttpResponse:
    rules = procedure_on(clock.today()).rules
    proofs = {proof.fact: proof for proof in row.proofs.all()}
    groups = [
        [_fact(leaf, proofs.get(leaf.fact)) for leaf in group]
        for group in groups_of_request(row, rules)
    ]
    tests = list(row.tests.exclude(submitted_at=None).order_by("-submitted_at"))
    context: dict[str, Any] = {
        "row": row,
        "form": form,
        "refusal": refusal,
        "kind": KIND_WORDS[row.professional],
        "groups": groups,
        "proved": all(any(fact.proof for fact in group) for group in groups),
        "test": tests[0] if tests else None,
        "passed": any(test.passed for test in tests),
        "practised": row.is_conversion and CONVERSION in practised(row.customer, clock.today()),
        "held": InvestorStatus.objects.filter(request=row).first(),
        "waiting": row.status in (RequestStatus.SUBMITTED, RequestStatus.EXAMINED),
        "told": row.status in (RequestStatus.GRANTED, RequestStatus.REFUSED),
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "suitability/status_request.html", context, status=status)


@login_required
@READ_OR_WRITE
def step_back(request: HttpRequest) -> HttpResponse:
    """Back to ordinary investor by notice alone."""
    user = customer_user_or_404(request)
    customer, at = customer_of(user), clock.now()
    held = status_on(customer, clock.business_date(at)) if customer else None
    if customer is None or held is None or held.professional not in MAY_STEP_BACK:
        return redirect("suitability:professional")
    form = NoticeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            give_up_status(customer=customer, actor=Actor.of(user), at=at)
        except UnableToStepBack as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request, _("You are an ordinary investor again, with all protection.")
            )
        return redirect(reverse("suitability:professional"))
    context = {"form": form, "held": held}
    return render(
        request, "suitability/step_back.html", context, status=422 if form.errors else 200
    )


def _written(row: StatusRequest) -> dict[str, str]:
    return {"purpose": row.purpose or "", "extra": row.extra or ""}


def _fact(leaf: Condition, proof: Any = None) -> AskedFact:
    return AskedFact(leaf.fact, fact_label(leaf.fact), least_words(leaf), proof)


def _kind(kind: ProfessionalKind, rules: ProfessionalRules, *, person: bool) -> AskedKind:
    groups = groups_of(rules.test_of(kind, person=person))
    return AskedKind(str(KIND_WORDS[kind]), [[_fact(leaf) for leaf in group] for group in groups])
