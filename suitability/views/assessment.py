"""The paper in the browser: one question a screen, nothing lost, the result to confirm."""

from __future__ import annotations

import json
from datetime import date, datetime
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
from django_htmx.http import push_url

from brokerage.core import clock
from brokerage.core.in_place import comes_in_place, is_in_place
from brokerage.customers.own import OwnRow, customer_user_or_404
from brokerage.customers.selectors import CUSTOMER_FIRST
from brokerage.customers.use_cases import ensure_customer
from brokerage.journal.actors import Actor
from brokerage.users import devices
from brokerage.users.models import User
from suitability import letters
from suitability.content import group_name, paper_for, screens
from suitability.drawn import questions_of
from suitability.forms import ChangeForm, ConfirmForm, QuestionForm
from suitability.models import Assessment, in_language
from suitability.selectors import Papers
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
from suitability.use_cases.start_assessment import retake_on
from suitability.wording import sentence

READ_OR_WRITE = require_http_methods(["GET", "HEAD", "POST"])
IN_HAND = "assessment_in_hand"
MINE = OwnRow(
    lambda: Assessment.objects.select_related("questionnaire", "customer").defer(
        "questionnaire__value"
    )
)


@comes_in_place()
@CUSTOMER_FIRST
@login_required
@READ_OR_WRITE
def start(request: HttpRequest) -> HttpResponse:
    """What the paper is for, and the way into it; a waiting result comes first."""
    user = customer_user_or_404(request)
    at = clock.now()
    if request.method != "POST":
        return _way_in(request, user, clock.business_date(at))
    customer = ensure_customer(user=user, at=at)
    changed = ""
    if "changed" in request.POST:  # asked only where there was a paper before
        form = ChangeForm(request.POST)
        changed = form.cleaned_data["changed"] if form.is_valid() else ""
    try:
        assessment = start_assessment(
            customer=customer,
            key=paper_for(customer),
            actor=Actor.of(user),
            at=at,
            changed=changed,
        )
    except UnableToStart as error:
        context = _state(request, Papers.of_user(user), clock.business_date(at))
        if error.asks_change:
            context |= {"change_form": ChangeForm(request.POST)}
        else:
            context |= {"refusal": error, "change_form": None}
        return render(request, "suitability/start.html", context, status=409)
    there = _url(request, "question", assessment.ref, _first_open(assessment))
    return _onward(request, assessment, there)


@comes_in_place()
@MINE.needed_first()
@login_required
@READ_OR_WRITE
def question(request: HttpRequest, ref: UUID, number: int) -> HttpResponse:
    """One question; its answer is saved before the next is shown.

    In place the next question comes in the answer to the last, of the assessment in hand.
    """
    assessment = _mine(request, ref)
    asked = screens(assessment.questionnaire.content)
    if not 1 <= number <= len(asked):
        raise Http404
    if assessment.is_submitted:
        return redirect(_url(request, "result", ref))
    at, form = clock.now(), None
    if request.method == "POST":
        form = QuestionForm(request.POST, assessment=assessment, number=number)
        if form.is_valid():
            try:
                assessment = answer_question(
                    assessment=assessment,
                    question_key=form.question["key"],
                    chosen=form.chosen,
                    seen=form.shown,
                    at=at,
                )
            except AnswerRefused as refusal:
                assessment = _mine(request, ref)
                form.add_error(None, str(refusal))
                form.show(assessment.given.get(form.question["key"], []))
            else:
                if number == len(asked):
                    return _onward(request, assessment, _url(request, "check", ref))
                if not is_in_place(request):
                    return redirect(_url(request, "question", ref, number + 1))
                number, form = number + 1, None
    if _has_ended(assessment, at):
        return redirect(_url(request, "start"))
    return _ask(request, assessment, number, form)


@comes_in_place()
@MINE.needed_first()
@login_required
@READ_OR_WRITE
def check(request: HttpRequest, ref: UUID) -> HttpResponse:
    """All answers once more with what contradicts; sending them closes the paper."""
    assessment = _mine(request, ref)
    if assessment.is_submitted:
        return redirect(_url(request, "result", ref))
    at = clock.now()
    if _has_ended(assessment, at):
        return redirect(_url(request, "start"))
    refusal = ""
    if request.method == "POST":
        try:
            closed = submit_assessment(
                assessment=assessment,
                language=get_language() or "zh-hans",
                actor=Actor.of(request.user),  # type: ignore[arg-type]  # signed in
                at=at,
                confirmed=[name for name, value in request.POST.items() if value],
                device=devices.cookie_hash(request),
            )
        except UnableToSubmit as error:
            refusal = str(error)
        else:
            return _onward(request, closed, _url(request, "result", ref))
    found = letters.clashes(assessment, clock.business_date(at))
    rules = [clash.rule for clash in found if not clash.hard]
    form = ConfirmForm(request.POST or None, rules=rules)
    lines = letters.lines(assessment)
    addresses = _addresses(request, ref, len(lines))
    context = {
        "lines": [{**line, "url": url} for line, url in zip(lines, addresses, strict=True)],
        "clashes": [_clash(request, ref, clash, form) for clash in found],
        "refusal": refusal,
        "complete": all(line["answers"] for line in lines)
        and not any(clash.hard for clash in found),
    }
    return render(request, "suitability/check.html", context)


@comes_in_place()
@MINE.needed_first()
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
                actor=Actor.of(request.user),  # type: ignore[arg-type]  # signed in
                at=clock.now(),
            )
        except UnableToConfirm as error:
            raise Http404 from error
        return redirect(next_of(request) or _url(request, "result", ref))
    context = {
        "assessment": assessment,
        **letters.letter(assessment),
        "next": next_of(request),
    }
    return render(request, "suitability/result.html", context)


def next_of(request: HttpRequest) -> str:
    """Where to go when the paper is done: an address of our own, or empty."""
    given = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(given, allowed_hosts=None) and given.startswith("/")
    return given if safe else ""


def _ask(
    request: HttpRequest, assessment: Assessment, number: int, form: QuestionForm | None
) -> HttpResponse:
    """The page of a question; `form` is what was refused, if anything."""
    version, given = assessment.questionnaire, assessment.given
    asked, drawn = screens(version.content), questions_of(version)
    question = asked[number - 1]
    if form is None and given.get(question["key"]):
        form = QuestionForm(assessment=assessment, number=number)
    here = _url(request, "question", assessment.ref, number)
    sheet = reverse("suitability:answers", args=[assessment.ref])
    context = {
        "form": form,
        "question": drawn.each[number - 1],
        "number": number,
        "total": len(asked),
        "done": number - 1,
        "group": in_language(group_name(version.content, question["group"])),
        "here": here,
        "back": _url(request, "question", assessment.ref, max(1, number - 1)),
        "questions": drawn.all,
        "sheet": f"{sheet}?{urlencode({'of': version.content_hash})}",
        "given": json.dumps(given),
        "mark": assessment.mark,
    }
    page = render(request, "suitability/question.html", context)
    return push_url(page, here) if is_in_place(request) else page


def _way_in(request: HttpRequest, user: User, on: date) -> HttpResponse:
    """What was found last time, if anything; looking makes no record of the customer."""
    papers = Papers.of_user(user)
    if waiting := papers.unconfirmed(on):
        return redirect(_url(request, "result", waiting.ref))
    return render(request, "suitability/start.html", _state(request, papers, on))


def _state(request: HttpRequest, papers: Papers, on: date) -> dict[str, Any]:
    """What the way in shows: the class that counts, an open paper, when it may be answered."""
    context: dict[str, Any] = {"next": next_of(request)}
    if not papers.rows:
        return context  # the caps are about papers before
    open_ = papers.open
    context["open"] = open_
    context["moved"] = open_ is not None and open_.questionnaire.ended_for_good(on)
    context["present"] = papers.counting(on)
    customer = papers.rows[0].customer
    if open_ is None and (retake := retake_on(customer, papers, on)) is not None:
        if retake.allowed:
            context["change_form"] = ChangeForm() if papers.submitted else None
        else:
            context["refusal"] = sentence(retake.reasons[-1])
    return context


def _has_ended(assessment: Assessment, at: datetime) -> bool:
    return assessment.questionnaire.ended_for_good(clock.business_date(at))


def _clash(
    request: HttpRequest, ref: UUID, clash: letters.Clash, form: ConfirmForm
) -> dict[str, Any]:
    sides = [
        (side, _url(request, "question", ref, side.number) if side.number else "")
        for side in clash.sides
    ]
    return {
        "clash": clash,
        "sides": sides,
        "field": None if clash.hard else form[clash.rule],
    }


def _url(request: HttpRequest, name: str, *args: Any) -> str:
    address = reverse(f"suitability:{name}", args=args)
    target = next_of(request)
    return f"{address}?{urlencode({'next': target})}" if target else address


def _addresses(request: HttpRequest, ref: UUID, count: int) -> list[str]:
    """Those of so many questions; they differ in their number alone."""
    first = _url(request, "question", ref, 1)
    return [first.replace("/1/", f"/{number}/") for number in range(1, count + 1)]


def _mine(request: HttpRequest, ref: UUID) -> Assessment:
    """The customer's own assessment; anybody else's does not exist.

    Where its page is made within the request that wrote it (`_onward`), it is the one in hand.
    """
    in_hand: Assessment | None = request.__dict__.get(IN_HAND)
    if in_hand is not None and in_hand.ref == ref:
        return in_hand
    return MINE.or_404(request, ref)


def _onward(request: HttpRequest, assessment: Assessment, address: str) -> HttpResponse:
    """To a page of the assessment as it was written: made at once, it asks for it no more."""
    setattr(request, IN_HAND, assessment)
    return redirect(address)


def _first_open(assessment: Assessment) -> int:
    """The number of the first screen without an answer, else of the last one."""
    asked = screens(assessment.questionnaire.content)
    given = assessment.given
    open_ = [number for number, each in enumerate(asked, 1) if not given.get(each["key"])]
    return open_[0] if open_ else len(asked)
