"""The paper in the browser: one question a screen, nothing lost, the result to confirm."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from brokerage.core import clock, scope
from brokerage.customers.selectors import customer_of
from brokerage.customers.use_cases import ensure_customer
from brokerage.journal.actors import Actor
from brokerage.users.models import Kind
from suitability.content import SHORT
from suitability.forms import QuestionForm
from suitability.models import Assessment, in_language
from suitability.selectors import counting_assessment, unconfirmed_assessment
from suitability.use_cases import (
    AnswerRefused,
    UnableToConfirm,
    UnableToStart,
    UnableToSubmit,
    answer_question,
    confirm_class,
    start_assessment,
    submit_assessment,
)

READ_OR_WRITE = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@READ_OR_WRITE
def start(request: HttpRequest) -> HttpResponse:
    """What the paper is for, and the way into it; a waiting result comes first."""
    user: Any = request.user
    if user.kind != Kind.CUSTOMER:
        raise Http404
    at = clock.now()
    if request.method != "POST":
        return _way_in(request, clock.business_date(at))
    customer = ensure_customer(user=user, at=at)
    try:
        assessment = start_assessment(customer=customer, key=SHORT, actor=Actor.of(user), at=at)
    except UnableToStart as error:
        return render(request, "suitability/start.html", {"refusal": error}, status=409)
    return redirect(_url(request, "question", assessment.ref, _first_open(assessment)))


@login_required
@READ_OR_WRITE
def question(request: HttpRequest, ref: UUID, number: int) -> HttpResponse:
    """One question; its answer is saved before the next is shown."""
    assessment = _mine(request, ref)
    questions = assessment.questionnaire.value["questions"]
    if not 1 <= number <= len(questions):
        raise Http404
    if assessment.is_submitted:
        return redirect(_url(request, "result", ref))
    form = QuestionForm(request.POST or None, assessment=assessment, number=number)
    if request.method == "POST" and form.is_valid():
        try:
            answer_question(
                assessment=assessment,
                question_key=form.question["key"],
                chosen=form.chosen,
                seen=form.shown,
                at=clock.now(),
            )
        except AnswerRefused as refusal:
            assessment = _mine(request, ref)
            form.add_error(None, str(refusal))
            form.show(assessment.given.get(form.question["key"], []))
        else:
            last = number == len(questions)
            return redirect(
                _url(request, "check", ref) if last else _url(request, "question", ref, number + 1)
            )
    context = {
        "form": form,
        "number": number,
        "total": len(questions),
        "done": number - 1,
        "group": in_language(assessment.questionnaire.value["groups"][form.question["group"]]),
        "back": _url(request, "question", ref, number - 1) if number > 1 else "",
    }
    return render(request, "suitability/question.html", context)


@login_required
@READ_OR_WRITE
def check(request: HttpRequest, ref: UUID) -> HttpResponse:
    """All answers once more; sending them closes the paper."""
    assessment = _mine(request, ref)
    if assessment.is_submitted:
        return redirect(_url(request, "result", ref))
    refusal = ""
    if request.method == "POST":
        try:
            submit_assessment(
                assessment=assessment,
                language=get_language() or "zh-hans",
                actor=Actor.of(request.user),  # type: ignore[arg-type]
                at=clock.now(),
            )
        except UnableToSubmit as error:
            refusal = str(error)
        else:
            return redirect(_url(request, "result", ref))
    lines = [
        {**line, "url": _url(request, "question", ref, line["number"])}
        for line in _lines(assessment)
    ]
    context = {
        "lines": lines,
        "refusal": refusal,
        "complete": all(line["answers"] for line in lines),
    }
    return render(request, "suitability/check.html", context)


@login_required
@READ_OR_WRITE
def result(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The result letter: the class, what made it so, until when; the customer confirms it."""
    assessment = _mine(request, ref)
    if not assessment.is_submitted:
        return redirect(_url(request, "check", ref))
    if request.method == "POST":
        try:
            confirm_class(
                assessment=assessment,
                actor=Actor.of(request.user),  # type: ignore[arg-type]
                at=clock.now(),
            )
        except UnableToConfirm as error:
            raise Http404 from error
        return redirect(next_of(request) or _url(request, "result", ref))
    context = {"assessment": assessment, "groups": _groups(assessment), "next": next_of(request)}
    return render(request, "suitability/result.html", context)


def next_of(request: HttpRequest) -> str:
    """Where to go when the paper is done: an address of our own, or empty."""
    given = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(given, allowed_hosts=None) and given.startswith("/")
    return given if safe else ""


def _way_in(request: HttpRequest, on: date) -> HttpResponse:
    """What was found last time, if anything; looking makes no record of the customer."""
    customer = customer_of(request.user)
    if customer and (waiting := unconfirmed_assessment(customer, on)):
        return redirect(_url(request, "result", waiting.ref))
    present = counting_assessment(customer, on) if customer else None
    context = {"present": present, "next": next_of(request)}
    return render(request, "suitability/start.html", context)


def _url(request: HttpRequest, name: str, *args: Any) -> str:
    address = reverse(f"suitability:{name}", args=args)
    target = next_of(request)
    return f"{address}?{urlencode({'next': target})}" if target else address


def _mine(request: HttpRequest, ref: UUID) -> Assessment:
    """The customer's own assessment; anybody else's does not exist."""
    rows = Assessment.objects.select_related("questionnaire", "customer")
    if getattr(request.user, "kind", "") != Kind.CUSTOMER:
        raise Http404
    return scope.visible_or_404(rows, request.user, ref=ref)


def _first_open(assessment: Assessment) -> int:
    """The number of the first question without an answer, else of the last one."""
    questions = assessment.questionnaire.paper.questions
    given = assessment.given
    open_ = [n for n, question in enumerate(questions, 1) if not given.get(question.key)]
    return open_[0] if open_ else len(questions)


def _lines(assessment: Assessment) -> list[dict[str, Any]]:
    given = assessment.given
    return [
        {
            "number": number,
            "text": in_language(each["text"]),
            "answers": [
                in_language(option)
                for option in each["options"]
                if option["key"] in given.get(each["key"], [])
            ],
        }
        for number, each in enumerate(assessment.questionnaire.value["questions"], 1)
    ]


def _groups(assessment: Assessment) -> list[dict[str, Any]]:
    """What made the class so: points reached and reachable by group."""
    most: dict[str, int] = {}
    for each in assessment.questionnaire.paper.questions:
        most[each.group] = most.get(each.group, 0) + each.most
    names = assessment.questionnaire.value["groups"]
    reached = assessment.reasons.get("groups", {})
    return [
        {"name": in_language(names[key]), "points": reached.get(key, 0), "most": total}
        for key, total in most.items()
    ]
