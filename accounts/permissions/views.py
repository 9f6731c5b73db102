"""The customer's way to a trading permission: one page that says what is next, and its steps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts.counter.selectors import live_permission
from accounts.models import PermissionApplication, TestAttempt, TradingPermission
from accounts.permissions.dated import case_terms, exam_terms
from accounts.permissions.hard_stops import hard_stops
from accounts.permissions.rules import next_attempt
from accounts.permissions.selectors import (
    ended_attempts,
    may_be_proved,
    open_case,
    road_to,
)
from accounts.permissions.states import (
    AT_COUNTER,
    HELD,
    AttemptStatus,
    CaseStatus,
    PermissionStatus,
)
from accounts.permissions.steps import lines
from accounts.permissions.use_cases import agreeing, applying, losing, testing
from accounts.permissions.use_cases.send_permissions import counter_knows
from accounts.permissions.use_cases.steps import UnableToGoOn
from accounts.permissions.wording import label
from accounts.signing.codes import UnableToSign
from accounts.signing.texts import blocks
from accounts.signing.typesetting import cannot_print
from accounts.views.frame import READ_OR_WRITE, actor_of, language
from brokerage.core import clock, masking, scope
from brokerage.customers.own import own_or_404
from brokerage.customers.selectors import customer_of
from brokerage.files import api as files
from brokerage.users.forms import CodeForm
from brokerage.users.models import Kind
from suitability.explaining import fact_words
from suitability.models import MatchRecord, in_language
from suitability.wording import sentences

CODE, INSISTED, CARRIED = "code", "insisted", "carried"


class TestForm(forms.Form):
    """The drawn questions; nothing is chosen beforehand, and none tells what is right."""

    __test__ = False

    def __init__(self, *args: Any, attempt: TestAttempt, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        texts = {each["key"]: each["texts"][language()] for each in attempt.bank.content}
        for number, (key, options) in enumerate(attempt.drawn, start=1):
            self.fields[key] = forms.ChoiceField(
                label=f"{number}. {texts[key]['text']}",
                choices=[(option, texts[key]["options"][option]) for option in options],
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose an answer.")},
            )


@login_required
@READ_OR_WRITE
def permission(request: HttpRequest, key: str) -> HttpResponse:
    """Where the customer stands with one permission, what is missing, and the beginning."""
    user: Any = request.user
    customer = customer_of(user) if user.kind == Kind.CUSTOMER else None
    if customer is None:
        raise Http404
    at, refused = clock.now(), ""
    if request.method == "POST":
        try:
            begun = applying.apply(
                customer=customer,
                key=key,
                language=language(),
                actor=actor_of(request),
                at=at,
                carried=request.POST.get("act") == CARRIED,
            )
        except UnableToGoOn as refusal:
            refused = str(refusal)
        else:
            return redirect(begun)
    row = TradingPermission.objects.of(customer).filter(key=key).first()
    applied = row is not None and row.status == PermissionStatus.APPLIED
    if applied and request.method != "POST" and (under_way := open_case(customer, key)):
        return redirect(under_way)
    on = clock.business_date(at)
    road = road_to(customer, key, at=at, on=on, language=language())
    if road is None and row is None:
        raise Http404
    held = row is not None and row.status in HELD
    terms = case_terms(on)
    stops = hard_stops(customer, on, terms) if road and not held else []
    gaps = road.gaps if road and not held else []
    context = {
        "key": key,
        "label": in_language(dict(road.way.permission.label)) if road else label(key, on),
        "row": row,
        "road": road,
        "held": held,
        "may_begin": road is not None and not gaps and not held and not stops,
        "may_carry": road is not None
        and key in terms.carries
        and not (road.standing_gaps or held or stops),
        "stops": stops,
        "told": counter_knows(customer) if row and row.effective_on else None,
        "missing": [
            (sentences(each.reasons, fact_words()), _later(each.earliest, on)) for each in gaps
        ],
        "provable": any(map(may_be_proved, gaps)),
        "refused": refused,
    }
    return render(request, "accounts/permissions/permission.html", context)


@login_required
@READ_OR_WRITE
def give_back(request: HttpRequest, key: str) -> HttpResponse:
    """Ask once, then give a held permission back; selling stays open."""
    rows = scope.visible(TradingPermission, request.user).filter(key=key, status__in=HELD)
    user: Any = request.user
    found = rows.first() if user.kind == Kind.CUSTOMER else None
    if found is None:
        raise Http404
    at = clock.now()
    if request.method == "POST":
        try:
            losing.give_back(permission=found, actor=actor_of(request), at=at)
        except UnableToGoOn as refusal:
            messages.error(request, str(refusal))
        return redirect("permissions:permission", key)
    context = {"key": key, "label": label(key, clock.business_date(at))}
    return render(request, "accounts/permissions/give_back.html", context)


@login_required
@READ_OR_WRITE
def case(request: HttpRequest, ref: UUID) -> HttpResponse:
    """What is next in an application; the signature stands here, too."""
    found, at = _mine(request, ref), clock.now()
    form = CodeForm()
    if request.method == "POST":
        form, done = _act(request, found, at)
        if done:
            return redirect(found)
    return render(request, "accounts/permissions/case.html", _page(found, at) | {"form": form})


@login_required
@READ_OR_WRITE
def test(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The attempt under way; posting begins one, keeps what is chosen so far, or sends it all."""
    found, at = _mine(request, ref), clock.now()
    attempt = found.attempts.select_related("bank").filter(status=AttemptStatus.OPEN).first()
    if request.method == "POST" and "attempt" in request.POST:
        return _answer(request, found, at)
    if request.method == "POST":
        try:
            testing.begin_attempt(case=found, actor=actor_of(request), at=at)
        except UnableToGoOn as refusal:
            messages.error(request, str(refusal))
            return redirect(found)
        return redirect("permissions:test", found.ref)
    if attempt is None or attempt.until <= at:
        return redirect(found)
    form = TestForm(attempt=attempt, initial=attempt.answers)
    return _test_page(request, found, attempt, form)


@login_required
@READ_OR_WRITE
def risk(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The risk disclosure; it counts as read when it was open for its shortest time."""
    found, at = _mine(request, ref), clock.now()
    if found.status != CaseStatus.DISCLOSURE:
        return redirect(found)
    refused = ""
    if request.method == "POST" and found.text_opened_at is None:
        agreeing.open_text(case=found, language=language(), at=at)
        return redirect("permissions:risk", found.ref)
    if request.method == "POST":
        try:
            agreeing.finish_text(case=found, actor=actor_of(request), at=at)
        except UnableToGoOn as refusal:
            refused = str(refusal)
        else:
            return redirect(found)
    if found.text is None or found.text_opened_at is None:
        return redirect(found)
    context = {"case": found, "blocks": blocks(found.text.body), "refused": refused}
    return render(request, "accounts/permissions/risk.html", context)


@login_required
@READ_OR_WRITE
def give_up(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Ask once, then give the application up."""
    found = _mine(request, ref)
    if request.method == "POST":
        try:
            applying.withdraw(case=found, actor=actor_of(request), at=clock.now())
        except UnableToGoOn as refusal:
            messages.error(request, str(refusal))
        return redirect(found)
    context = {"case": found, "label": label(found.key, found.applied_on)}
    return render(request, "accounts/permissions/give_up.html", context)


def _mine(request: HttpRequest, ref: UUID) -> PermissionApplication:
    rows = PermissionApplication.objects.select_related("customer__user", "permission", "text")
    return own_or_404(rows, request, ref)


def _later(earliest: Any, on: Any) -> Any:
    return earliest if earliest and earliest > on else None


def _act(request: HttpRequest, found: PermissionApplication, at: Any) -> tuple[CodeForm, bool]:
    """Send a code, sign, or go on after insisting; a refusal stands beside the field."""
    act, form = request.POST.get("act"), CodeForm()
    try:
        if act == CODE:
            agreeing.send_code(case=found, language=language(), at=at)
        elif act == INSISTED:
            agreeing.go_on_after_insisting(case=found, at=at)
        else:
            form = CodeForm(request.POST)
            if not form.is_valid():
                return form, False
            agreeing.sign(
                case=found, code=form.cleaned_data["code"], actor=actor_of(request), at=at
            )
    except (UnableToSign, UnableToGoOn) as refusal:
        if act in (CODE, INSISTED):
            form = CodeForm({})
            form.errors["code"] = form.error_class([str(refusal)])
        else:
            form.add_error("code", str(refusal))
        return form, False
    return form, True


def _answer(request: HttpRequest, found: PermissionApplication, at: Any) -> HttpResponse:
    """Take the answers of the attempt that the form names, once."""
    rows = found.attempts.select_related("bank", "application")
    attempt = rows.filter(number=_number(request.POST["attempt"])).first()
    if attempt is None:
        raise Http404
    if getattr(request, "htmx", False):
        kept = testing.keep_answers(attempt=attempt, answers=request.POST.dict(), at=at)
        url = found.get_absolute_url()
        # over, or sent already: the page of the application says how it ended
        return HttpResponse(status=204) if kept else HttpResponseClientRedirect(url)
    form = TestForm(request.POST, attempt=attempt)
    in_time = attempt.status == AttemptStatus.OPEN and at < attempt.until
    if in_time and not form.is_valid():
        return _test_page(request, found, attempt, form)
    answers = {key: request.POST.get(key, "") for key, _options in attempt.drawn}
    try:
        testing.answer_test(attempt=attempt, answers=answers, actor=actor_of(request), at=at)
    except UnableToGoOn as refusal:
        messages.error(request, str(refusal))
    return redirect(found)


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdecimal() and len(given) <= 4 else 0


def _test_page(
    request: HttpRequest, found: PermissionApplication, attempt: TestAttempt, form: TestForm
) -> HttpResponse:
    left = max(int((attempt.until - clock.now()).total_seconds()), 0)
    context = {"case": found, "attempt": attempt, "form": form, "many": len(attempt.drawn)}
    context |= {"seconds": left, "minutes": -(-left // 60)}
    return render(request, "accounts/permissions/test.html", context)


def _page(found: PermissionApplication, at: Any) -> dict[str, Any]:
    """What the page of an application shows in each of its states."""
    attempts = list(found.attempts.select_related("bank"))
    context: dict[str, Any] = {
        "case": found,
        "label": label(found.key, found.applied_on),
        "lines": lines(found, tested=bool(attempts)),
        "attempts": attempts,
    }
    if found.status == CaseStatus.TEST:
        context |= _test_facts(found, attempts, at)
    if found.status in AT_COUNTER:
        context |= {"at_counter": True, "release": live_permission(found, at)}
        helped = found.releases.filter(step=found.status, done_at__isnull=False)
        context["helped"] = helped.select_related("helper", "outlet").order_by("-done_at").first()
    if found.status == CaseStatus.OPINION:
        opinion = MatchRecord.objects.get(ref=str(found.opinion_ref))
        context["opinion_url"] = reverse("suitability:decision", args=[opinion.ref])
    if found.status == CaseStatus.SIGNING and found.customer.user:
        context["phone"] = masking.phone(str(found.customer.user.phone or ""))
        context["sent"] = bool(found.code_hash)
        context["paper"] = cannot_print(found.customer.name)
    if found.file_ref and files.openable(found.customer.user, [found.file_ref]):
        context["paper_url"] = reverse("files:file", args=[found.file_ref])
    if found.permission.earliest:
        context["earliest"] = found.permission.earliest
    return context


def _test_facts(
    found: PermissionApplication, attempts: list[TestAttempt], at: Any
) -> dict[str, Any]:
    terms = exam_terms(clock.business_date(at))
    wanted = testing.wanted_test(found, at)
    last = attempts[-1] if attempts else None
    under_way = last is not None and last.status == AttemptStatus.OPEN and at < last.until
    ended = ended_attempts(found.customer, wanted.test, at)
    return {
        "terms": terms,
        "mark": wanted.mark,
        "last": last,
        "under_way": under_way,
        "later": None if under_way else next_attempt(ended, terms, at),
    }
