"""Opening an account in the browser: a few short steps, each saved as it is given."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.counter.selectors import live_release
from accounts.dated import follow_up_terms
from accounts.entries import find_entry, origin_name
from accounts.evidence.own_papers import signed_file
from accounts.facts import known_section
from accounts.forms import FORMS, IdentityForm, ProfileForm, StepForm
from accounts.forms.entity_tax import EntityTaxForm
from accounts.forms.identity import AT_OUTLET
from accounts.models import Application
from accounts.plan.selectors import plan_of
from accounts.selectors import (
    asked_outside,
    asks_about_sharing,
    bank_name,
    capabilities,
    closed_since,
    opening_quote,
    present_application,
    refused_for_good,
    section_of,
)
from accounts.standing.selectors import may_withdraw
from accounts.states import ACCEPTED, WITH_US, SectionStatus, Status, Step
from accounts.terms import Market
from accounts.use_cases import (
    StepRefused,
    UnableToEnd,
    UnableToSubmit,
    remove_origin,
    submit_application,
    withdraw_application,
)
from accounts.use_cases.photos import SIDES
from accounts.use_cases.retry_application import retry_application
from accounts.use_cases.reuse_evidence import reuse_photos
from accounts.use_cases.start_application import UnableToStart, begin_as
from accounts.use_cases.submit_application import SECTIONS
from accounts.views.frame import (
    MINE_FIRST,
    READ_OR_WRITE,
    actor_of,
    first_open,
    frame,
    keeping_in_hand,
    mine,
    onward,
    url_of,
)
from accounts.views.keeping import KEPT, is_left, keep_left
from accounts.views.photos import Photo, photo_of, photo_words
from accounts.views.places import (
    GEOLOCATION,
    asked_outlet,
    asks_for_quote,
    outlet_page,
    quote,
)
from accounts.views.releasing import confirm
from branches.models import OrgUnit
from brokerage.core import clock, masking
from brokerage.core.in_place import comes_in_place
from brokerage.customers.selectors import CUSTOMER_FIRST, customer_of
from brokerage.journal.selectors import timeline
from brokerage.users.models import Kind
from suitability.selectors import counting_assessment

ASKING = (*WITH_US, Status.OPENING)
"""States in which counterparties are asked while the customer waits."""


@CUSTOMER_FIRST
@READ_OR_WRITE
def start(request: HttpRequest) -> HttpResponse:
    """What opening takes, and the way into it; who has an application is led to it."""
    user: Any = request.user
    at = clock.now()
    entry, outlet = find_entry(_entry_ref(request), at), asked_outlet(request)
    if request.method == "POST":
        if not user.is_authenticated or user.kind != Kind.CUSTOMER:
            return redirect(f"{reverse('account_login')}?{urlencode({'next': _here(request)})}")
        try:
            begun = begin_as(user=user, entry=entry, at=at, outlet=outlet)
        except UnableToStart:
            known = customer_of(user)
            return redirect((known and refused_for_good(known)) or "accounts:start")
        return redirect(_with_outlet(begun, outlet))
    known = customer_of(user)
    if known and (present := present_application(known) or refused_for_good(known)):
        return redirect(_with_outlet(present, outlet))
    return render(request, "accounts/start.html", {"entry": entry, "outlet": outlet})


def _with_outlet(application: Application, outlet: OrgUnit | None) -> str:
    """The outlet step with the outlet whose page led here, where the step is open; else the page.

    A new application has it already, and begins at its first step.
    """
    if outlet and application.outlet != outlet and application.may_change(Step.OUTLET):
        return f"{url_of(application, Step.OUTLET)}?{urlencode({'outlet': outlet.code})}"
    return application.get_absolute_url()


@comes_in_place()
@MINE_FIRST
@login_required
@require_http_methods(["GET", "HEAD"])
def application(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Where it stands: the steps while it is the customer's turn, else our promise."""
    found = mine(request, ref)
    at = clock.now()
    context = frame(found, at) | {
        "at": at,
        "abilities": capabilities(found) if found.status in ACCEPTED else [],
        "asked": asked_outside(found, at) if found.status in ASKING else [],
        "own_answers": found.status == Status.VISIT
        and follow_up_terms(clock.business_date(at)).own_answers,
        "answered": found.status == Status.VISIT and bool(found.follow_up.answered_at),
        "overdue": found.status == Status.VISIT and bool(found.follow_up.escalated_at),
        "lines": timeline("accounts.application", found.ref),
        "signed": signed_file(found, request.user) if found.status in ACCEPTED else None,
        "may_withdraw": may_withdraw(found),
        "release": live_release(found, at) if found.is_editable else None,
        "plan": None,
        "closed": closed_since(found) if found.status == Status.ACTIVE else None,
        "origin": origin_name(found.origin_ref) if found.origin_ref else "",
    }
    if found.status == Status.ACTIVE and (running := plan_of(found, clock.business_date(at))):
        context["plan"], context["plan_lines"] = running
    return render(request, "accounts/application.html", context)


@comes_in_place()
@MINE_FIRST
@login_required
@require_http_methods(["GET", "HEAD"])
def next_step(request: HttpRequest, ref: UUID) -> HttpResponse:
    """From elsewhere (the risk assessment) on to the first step that is still to be done."""
    found = mine(request, ref)
    return (
        keeping_in_hand(request, found, first_open(found))
        if found.is_editable
        else redirect(found)
    )


@login_required
@require_POST
def retry(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Apply again with the answers of one that ended or was closed; leads to the new one."""
    found = mine(request, ref)
    try:
        at, actor = clock.now(), actor_of(request)
        draft = retry_application(application=found, actor=actor, at=at)
    except UnableToStart as refusal:
        messages.error(request, str(refusal))
        return redirect(found)
    reuse_photos(before=found, draft=draft, actor=actor, at=at)
    return redirect(draft)


@comes_in_place(unless=lambda keywords: keywords["step"] == Step.OUTLET)
@MINE_FIRST
@login_required
@READ_OR_WRITE
def step(request: HttpRequest, ref: UUID, step: str) -> HttpResponse:
    """One step; what is valid is kept at once, a page that is out of date overwrites nothing."""
    found = mine(request, ref)
    if step not in FORMS or not found.may_change(step) or not _applies(found, step):
        return redirect(found)
    at = clock.now()
    if asks_for_quote(request, step):
        return quote(request, found)
    section = known_section(found, step)
    if section and section.status == SectionStatus.ENTERED and "correct" not in request.GET:
        return confirm(request, found, section, at)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = form_class(found, step)(*given, application=found, section=section, at=at)
    if is_left(request, step):
        return keep_left(request, found, form, at)
    kept: list[tuple[str, str]] = []
    if form.is_bound:
        saved = _take(request, form, at)
        if saved is not None and not form.errors:
            return onward(request, saved, step, at)
        found = form.application = mine(request, ref)
        form.renew(section_of(found, step))
        kept = _differing(form) if saved is None else []
    context = frame(found, at) | {
        "form": form,
        "step": Step(step),
        "kept": kept,
        "keeps": step in KEPT,
        "meets": _needs_meeting(form),
        "origin": origin_name(found.origin_ref) if found.origin_ref else "",
    }
    if step == Step.OUTLET:
        context |= outlet_page(request, found, form)
    if isinstance(form, IdentityForm):
        context |= {"photos": _photos(form, at), **photo_words()}
    response = render(request, f"accounts/{step}.html", context)
    if step == Step.OUTLET:
        response.headers["Permissions-Policy"] = GEOLOCATION
    return response


def form_class(application: Application, step: str) -> type[StepForm]:
    """The form of a step: an organisation declares its tax residence as one."""
    is_entity = application.is_organisation and step == Step.TAX
    return EntityTaxForm if is_entity else FORMS[step]


def _photos(form: IdentityForm, at: datetime) -> list[tuple[Photo, BoundField]]:
    """The photos of the identity step, each with its field."""
    sides = [photo_of(side, form.photos, form.readings, at) for side in SIDES]
    return [(shown, form[shown.side]) for shown in sides]


def _take(request: HttpRequest, form: StepForm, at: datetime) -> Application | None:
    """Keep what the page brought; None where nothing of it could be kept."""
    valid = form.is_valid()
    if not valid and not form.keeps_partly:
        return None
    if isinstance(form, IdentityForm):
        form.store(actor=actor_of(request), at=at)
    try:
        return form.keep(actor=actor_of(request), at=at)
    except StepRefused as refusal:
        form.add_error(None, str(refusal))
        return None


def _differing(form: StepForm) -> list[tuple[str, str]]:
    """Label and kept value of the fields where another device wrote something else."""
    return [
        (label, told)
        for name, label, told in form.kept_lines()
        if str(form.present().get(name, form.answers.get(name))) != str(form.data.get(name, ""))
    ]


def _needs_meeting(form: StepForm) -> bool:
    """Whether what was answered goes on at an outlet only."""
    if isinstance(form, IdentityForm):
        return form.hurdle in AT_OUTLET
    return isinstance(form, ProfileForm) and form.at_outlet


@comes_in_place()
@MINE_FIRST
@login_required
@READ_OR_WRITE
def send(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Everything once more; sending starts our clock."""
    found = mine(request, ref)
    if not found.is_editable:
        return redirect(found)
    at = clock.now()
    on, refusal = clock.business_date(at), ""
    if request.method == "POST":
        try:
            sent = submit_application(application=found, actor=actor_of(request), at=at)
        except UnableToSubmit as error:
            refusal, found = str(error), mine(request, ref)  # some steps may be open again
        else:
            return keeping_in_hand(request, sent, sent.get_absolute_url())
    parts = {each.step: each for each in SECTIONS.load(application=found.pk)}
    outlet, bank = (
        parts[step].answers if step in parts else {} for step in (Step.OUTLET, Step.BANK)
    )
    context = frame(found, at) | {
        "refusal": refusal,
        "identity": parts[Step.IDENTITY].answers if Step.IDENTITY in parts else {},
        "markets": [Market(each).label for each in outlet.get("markets", [])],
        "bank": bank_name(bank.get("bank", "")),
        "card": masking.bank_card(bank.get("card", "")),
        "bill": opening_quote(found, on),
        "assessment": counting_assessment(found.customer, on, paper=False),
    }
    return render(request, "accounts/send.html", context)


@login_required
@READ_OR_WRITE
def withdraw(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Asked once, then done: the customer takes the application back."""
    found = mine(request, ref)
    if request.method == "POST":
        try:
            withdraw_application(application=found, actor=actor_of(request), at=clock.now())
        except UnableToEnd as error:
            messages.error(request, str(error))
        return redirect(found)
    if not may_withdraw(found):
        return redirect(found)
    return render(request, "accounts/withdraw.html", {"application": found})


@login_required
@require_POST
def forget_origin(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The customer cuts the tie to whoever sent them."""
    found = mine(request, ref)
    said = (
        _("Removed. Nobody of ours counts as having sent you.")
        if found.by_own_code
        else _("The institution is removed. It learns nothing more from us.")
    )
    remove_origin(application=found, actor=actor_of(request), at=clock.now())
    messages.success(request, said)
    return redirect(found)


def _entry_ref(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("entry", ""))
    except ValueError:
        return None


def _here(request: HttpRequest) -> str:
    given = {"entry": _entry_ref(request) or "", "outlet": request.GET.get("outlet", "")[:40]}
    kept = {name: value for name, value in given.items() if value}
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def _applies(application: Application, step: str) -> bool:
    if step == Step.PROFILE and application.is_organisation:
        return False
    return step != Step.SHARING or asks_about_sharing(application)
