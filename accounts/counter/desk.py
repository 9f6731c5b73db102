"""The counter in the back office: type the customer's code, then do exactly the open steps."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.counter.access import HELP
from accounts.counter.forms import COUNTER_FORMS, ReleaseCodeForm, counter_form
from accounts.counter.identity import IdentityAtCounterForm
from accounts.counter.page import page_of
from accounts.counter.rules import may_do
from accounts.counter.selectors import open_cases, open_permissions, outlets_to_help_at
from accounts.counter.states import ReleaseEnd
from accounts.facts import facts_of
from accounts.forms import IdentityForm, StepForm
from accounts.models import Application, CaseRelease, PermissionRelease
from accounts.on_paper.selectors import papers_to_confirm
from accounts.permissions.use_cases.releasing import open_permission
from accounts.selectors import section_of
from accounts.states import SectionStatus, Step
from accounts.use_cases import StepRefused
from accounts.use_cases.confirm_person import to_confirm
from accounts.use_cases.help_at_counter import help_with
from accounts.use_cases.release_case import UnableToRelease, end_case, open_case
from accounts.use_cases.release_codes import Opener, take_code
from accounts.use_cases.see_original import see_original
from brokerage.backoffice.frame import page
from brokerage.backoffice.people import user_of
from brokerage.core import clock, roles
from brokerage.customers.models import Source
from brokerage.journal.actors import Actor
from brokerage.users.models import User

CASE = "admin:accounts_application_case"
STEP = "admin:accounts_application_case_step"
PERMISSION = "admin:accounts_application_permission"
OPENERS: tuple[Opener[CaseRelease | PermissionRelease], ...] = (open_case, open_permission)
"""What a code may lead to at a counter."""


def choose(request: HttpRequest) -> HttpResponse:
    """The outlets at whose counters this person helps; the only one is opened at once."""
    need_help(request)
    found = list(outlets_to_help_at(request.user, clock.today())[:200])
    if len(found) == 1:
        return redirect("admin:accounts_application_counter", found[0].code)
    return page(request, "accounts/counter/outlets.html", {"outlets": found})


def counter(request: HttpRequest, outlet: str) -> HttpResponse:
    """Type a code; below it the cases that customers opened to this person."""
    need_help(request)
    at = clock.now()
    unit = outlets_to_help_at(request.user, clock.business_date(at)).filter(code=outlet).first()
    if unit is None:
        raise Http404
    form = ReleaseCodeForm(request.POST or None)
    if form.is_valid():
        try:
            taken = take_code(
                code=form.cleaned_data["code"],
                outlet=unit,
                helper=user_of(request),
                at=at,
                openers=OPENERS,
            )
        except UnableToRelease as refusal:
            form.add_error("code", str(refusal))
        else:
            return redirect(CASE if isinstance(taken, CaseRelease) else PERMISSION, taken.ref)
    context = {
        "unit": unit,
        "form": form,
        "cases": open_cases(request.user, at),
        "permissions": open_permissions(request.user, at),
        "to_confirm": to_confirm(user_of(request), at).filter(outlet=unit),
        "papers": papers_to_confirm(user_of(request), at).filter(outlet=unit),
    }
    return page(request, "accounts/counter/counter.html", context)


def case(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The steps of an opened case; nothing of what was answered but the masked name."""
    release = case_or_404(request, ref)
    at = clock.now()
    if request.method == "POST":
        end_case(
            application=release.application,
            ended_by=ReleaseEnd.STAFF,
            actor=Actor.of(user_of(request)),
            at=at,
        )
        assert release.outlet is not None
        return redirect("admin:accounts_application_counter", release.outlet.code)
    return page(request, "accounts/counter/case.html", page_of(release, at))


def step(request: HttpRequest, ref: UUID, step: str) -> HttpResponse:
    """One open step; what staff enter is theirs on record and waits for the customer."""
    release = case_or_404(request, ref)
    row = release.application
    if step not in COUNTER_FORMS or not is_open(row, Step(step)):
        return redirect(CASE, release.ref)
    at = clock.now()
    form = form_of(request, row, step, at)
    if form.is_bound and _take(request, release, form, at):
        section = form.section
        if section and section.status == SectionStatus.INCOMPLETE:
            return redirect(STEP, release.ref, step)  # the page asks for what is missing
        return redirect(CASE, release.ref)
    context = {"release": release, "row": row, "step": Step(step), "form": form, "at": at}
    return page(request, "accounts/counter/step.html", context)


def form_of(request: HttpRequest, row: Application, step: str, at: datetime) -> StepForm:
    """The form of a step as it stands, bound where something was sent."""
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    section = section_of(row, step)
    return counter_form(row, step)(
        *given, application=row, section=section, at=at, source=Source.STAFF
    )


def _take(request: HttpRequest, release: CaseRelease, form: StepForm, at: datetime) -> bool:
    """Keep what is valid; whether the step is whole, so that the next one can come."""
    if not form.is_valid() and not form.keeps_partly:
        return False
    helper = user_of(request)
    actor = Actor.of(helper)
    if isinstance(form, IdentityForm):
        form.store(actor=actor, at=at)
    try:
        help_with(
            release=release,
            step=form.step,
            helper=helper,
            at=at,
            act=lambda held: _keep(form, held, helper, at),
        )
    except (StepRefused, UnableToRelease) as refusal:
        form.add_error(None, str(refusal))
    section = section_of(release.application, form.step)
    form.renew(section)
    return not form.errors


def _keep(form: StepForm, held: CaseRelease, helper: User, at: datetime) -> Application:
    """Keep the answers, and what staff say of an original that nobody outside knows."""
    saved = form.keep(actor=Actor.of(helper), at=at)
    if isinstance(form, IdentityAtCounterForm) and form.looked_at:
        section = section_of(held.application, Step.IDENTITY)
        if section and section.status == SectionStatus.ENTERED:
            see_original(release=held, helper=helper, looks=form.looked_at, at=at)
    return saved


def need_help(request: HttpRequest) -> None:
    """Refuse whoever does not open accounts; raises PermissionDenied."""
    if not roles.may(request.user, HELP):
        raise PermissionDenied


def case_or_404(request: HttpRequest, ref: UUID) -> CaseRelease:
    """A case that its customer opened to this person and that is still open; else a 404."""
    need_help(request)
    found = open_cases(request.user, clock.now()).filter(ref=ref).first()
    if found is None or not found.application.is_editable:
        raise Http404
    return found


def is_open(row: Application, step: Step) -> bool:
    """Whether a step is still to be done and done at counters."""
    return may_do(step, done=facts_of(row).done, may_change=row.may_change(step))


def say(request: HttpRequest, refusal: Exception) -> None:
    """Tell on the next page why something was refused."""
    messages.error(request, str(refusal))


def case_url(release: CaseRelease) -> str:
    """The page of an opened case."""
    return reverse(CASE, args=[release.ref])
