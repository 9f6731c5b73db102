"""The steps of an application as a professional investor: what is given up, proofs, the test."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from brokerage.core import clock
from brokerage.customers.own import customer_user_or_404, own_or_404
from brokerage.files import api as files
from brokerage.journal.actors import Actor
from suitability.files import CLASS_EVIDENCE
from suitability.forms import AcceptTextForm
from suitability.models import StatusProof, StatusRequest, in_language
from suitability.professional_forms import ProofForm, TestForm, fact_label
from suitability.selectors.rules import knowledge_rules_of, professional_rules_on, text_of
from suitability.selectors.statuses import groups_of_request
from suitability.use_cases.asking_status import UnableToAsk, accept_risk
from suitability.use_cases.knowledge_tests import send_test
from suitability.use_cases.proving_status import give_proof, remove_proof

READ_OR_WRITE = require_http_methods(["GET", "HEAD", "POST"])


def _open_request(request: HttpRequest, ref: UUID) -> StatusRequest:
    return own_or_404(StatusRequest.objects.select_related("customer"), request, ref)


def _given(request: HttpRequest) -> dict[str, Any]:
    return {"actor": Actor.of(customer_user_or_404(request)), "at": clock.now()}


@login_required
@READ_OR_WRITE
def protections(request: HttpRequest, ref: UUID) -> HttpResponse:
    """What is given up. The page before it wrote by a POST that it is given out."""
    row = _open_request(request, ref)
    if row.explained_at is None or not row.is_open_to_customer:
        return redirect(row)
    found = text_of(row.text)
    label = in_language(found["acknowledge"])
    form = AcceptTextForm(
        request.POST if request.method == "POST" else None, label=label, initial={"text": row.text}
    )
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            accept_risk(request=row, text=form.cleaned_data["text"], **_given(request))
        except UnableToAsk as error:
            refusal = str(error)
        else:
            return redirect(row)
    context = {
        "row": row,
        "form": form,
        "refusal": refusal,
        "title": in_language(found["title"]),
        "paragraphs": [in_language(each) for each in found["paragraphs"]],
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "suitability/protections.html", context, status=status)


@login_required
@READ_OR_WRITE
def proof(request: HttpRequest, ref: UUID, fact: str) -> HttpResponse:
    """What is claimed of one fact, and its files."""
    row, on = _open_request(request, ref), clock.today()
    asked = next(
        (
            leaf
            for group in groups_of_request(row, professional_rules_on(on))
            for leaf in group
            if leaf.fact == fact
        ),
        None,
    )
    if asked is None:
        raise Http404
    if not row.is_open_to_customer:
        return redirect(row)
    kept = StatusProof.objects.filter(request=row, fact=fact).first()
    if request.POST.get("step") == "remove":
        return _remove(request, row, fact)
    data: Any = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ProofForm(*data, asked=asked, kept=kept, on=on)
    if request.method == "POST" and form.is_valid() and _keep(request, row, fact, form):
        messages.success(request, _("The proof is kept."))
        return redirect(row)
    context = {
        "row": row,
        "form": form,
        "kept": kept,
        "count": len(kept.files) if kept else 0,
        "label": fact_label(fact),
    }
    return render(request, "suitability/proof.html", context, status=422 if form.errors else 200)


def _keep(request: HttpRequest, row: StatusRequest, fact: str, form: ProofForm) -> bool:
    """Store the file and the claim; False with the error in the form."""
    given, refs, upload = _given(request), [], form.cleaned_data.get("file")
    try:
        if upload:
            stored = files.store(
                upload=upload, purpose=CLASS_EVIDENCE, owner_ref=row.customer.ref, **given
            )
            refs.append(stored.ref)
        give_proof(
            request=row,
            fact=fact,
            amount=form.cleaned_data.get("amount"),
            as_of=form.cleaned_data["as_of"],
            file_refs=refs,
            **given,
        )
    except files.UnableToStore as refused:
        form.add_error("file", refused)
        return False
    except UnableToAsk as refused:
        form.add_error(None, str(refused))
        return False
    return True


def _remove(request: HttpRequest, row: StatusRequest, fact: str) -> HttpResponse:
    try:
        remove_proof(request=row, fact=fact, **_given(request))
    except UnableToAsk as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The proof is taken out."))
    return redirect(row)


@login_required
@READ_OR_WRITE
def knowledge(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The test that was begun by a POST of the page before; afterwards the way back."""
    row = _open_request(request, ref)
    test = row.tests.filter(submitted_at=None).first()
    if test is None or not row.is_open_to_customer:
        return redirect(row)
    rules = knowledge_rules_of(test.rule_version)
    form = TestForm(
        request.POST if request.method == "POST" else None, rules=rules, drawn=test.drawn
    )
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            send_test(test=test, answers=form.cleaned_data, **_given(request))
        except UnableToAsk as error:
            refusal = str(error)
        else:
            return redirect("suitability:knowledge_result", ref=row.ref)
    context = {"row": row, "form": form, "rules": rules, "refusal": refusal}
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "suitability/knowledge.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD"])
def knowledge_result(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The marks of the newest test, and what was wrong: why, but never which answer is right."""
    row = _open_request(request, ref)
    test = row.tests.exclude(submitted_at=None).order_by("-submitted_at").first()
    if test is None:
        return redirect(row)
    rules = knowledge_rules_of(test.rule_version)
    wrong = [
        (in_language(dict(rules.question(key).text)), in_language(dict(rules.question(key).why)))
        for key in test.drawn
        if test.answers.get(key) != rules.question(key).right
    ]
    context = {"row": row, "test": test, "wrong": wrong, "rules": rules}
    return render(request, "suitability/knowledge_result.html", context)
