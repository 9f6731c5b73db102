"""My data: what we know, where it came from, who saw it, and the customer's say in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from brokerage.core import clock
from brokerage.customers import history, selectors
from brokerage.customers.forms import ContactForm
from brokerage.customers.models import ConsentText, Customer, DataExport, Source
from brokerage.customers.own_papers import papers_of
from brokerage.customers.purposes import PURPOSES
from brokerage.customers.states import ExportStatus
from brokerage.customers.use_cases import (
    ExportRefused,
    UnableToConsent,
    UnableToCorrect,
    UnableToWithdraw,
    correct_profile,
    download_export,
    ensure_customer,
    give_consent,
    request_export,
    withdraw_consent,
)
from brokerage.journal.actors import Actor
from brokerage.users.models import User
from brokerage.users.stepup import require_step_up

Page = Callable[..., HttpResponse]


def customer_page(view: Page) -> Page:
    """A page of the signed-in customer; for anybody else it does not exist."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not isinstance(request.user, User) or not request.user.is_customer:
            raise Http404
        return view(request, *args, **kwargs)

    return never_cache(login_required(guarded))


@require_safe
@customer_page
def my_data(request: HttpRequest) -> HttpResponse:
    """The profile with its sources, and the ways to everything else."""
    customer = selectors.customer_of(request.user)
    lines = selectors.profile_lines(customer) if customer else []
    context = {"lines": lines, "papers": papers_of(request.user) if customer else []}
    return render(request, "customers/my_data.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
def correct(request: HttpRequest) -> HttpResponse:
    """Change what needs no document."""
    customer = _customer(request) if request.method == "POST" else _present(request)
    version = selectors.current_profile(customer) if customer else None
    form = ContactForm(request.POST or None, values=version.fields if version else {})
    if request.method == "POST" and form.is_valid() and customer:
        try:
            changed = correct_profile(
                customer=customer,
                values=form.cleaned_data,
                source=Source.CUSTOMER,
                actor=_actor(request),
                at=clock.now(),
            )
        except UnableToCorrect as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
            return redirect("my_data")
    return render(request, "customers/correct.html", {"form": form})


@require_safe
@customer_page
def consents(request: HttpRequest) -> HttpResponse:
    """Every purpose, its text, and whether the customer agrees."""
    lines = selectors.consent_lines(_present(request))
    return render(request, "customers/consents.html", {"lines": lines})


@require_POST
@customer_page
def consent_give(request: HttpRequest, purpose: str) -> HttpResponse:
    """Agree to the text that was shown."""
    text = get_object_or_404(
        ConsentText,
        purpose=purpose,
        language=get_language(),
        sha256=request.POST.get("text", ""),
    )
    try:
        give_consent(
            customer=_customer(request),
            purpose=purpose,
            text=text,
            actor=_actor(request),
            channel="portal",
            at=clock.now(),
        )
    except UnableToConsent as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Agreed. You can withdraw at any time."))
    return redirect("customers:consents")


@require_POST
@customer_page
def consent_withdraw(request: HttpRequest, purpose: str) -> HttpResponse:
    """End an agreement at once."""
    if purpose not in PURPOSES:
        raise Http404
    try:
        withdraw_consent(
            customer=_customer(request),
            purpose=purpose,
            actor=_actor(request),
            channel="portal",
            at=clock.now(),
        )
    except UnableToWithdraw as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Withdrawn, as of now."))
    return redirect("customers:consents")


@require_safe
@customer_page
def exports(request: HttpRequest) -> HttpResponse:
    """Copies of the customer's data, and how to get one."""
    customer = _present(request)
    rows = list(customer.exports.defer("archive").order_by("-id")[:5]) if customer else []
    waiting = any(row.status == ExportStatus.REQUESTED for row in rows)
    return render(request, "customers/exports.html", {"exports": rows, "waiting": waiting})


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
@require_step_up
def export_request(request: HttpRequest) -> HttpResponse:
    """Ask for a copy. Who comes back from the step-up without the form sees the list."""
    if request.method != "POST":
        return redirect("customers:exports")
    try:
        request_export(customer=_customer(request), actor=_actor(request), at=clock.now())
    except ExportRefused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("We are preparing your copy and tell you when it is ready."))
    return redirect("customers:exports")


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
@require_step_up
def export_download(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Hand the archive over; a stranger's copy does not exist."""
    if request.method != "POST":
        return redirect("customers:exports")
    export = get_object_or_404(
        DataExport.objects.defer("archive"), ref=ref, customer__user=request.user
    )
    try:
        content = download_export(export=export, actor=_actor(request), at=clock.now())
    except ExportRefused as refusal:
        messages.info(request, str(refusal))
        return redirect("customers:exports")
    return HttpResponse(
        content,
        content_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="my-data.zip"'},
    )


@require_safe
@customer_page
def looks(request: HttpRequest) -> HttpResponse:
    """Who of us looked at the customer's data, and why."""
    customer = _present(request)
    found, following = (
        history.looks_at(customer, before=_before(request)) if customer else ([], "")
    )
    return render(request, "customers/looks.html", {"looks": found, "next": following})


@require_safe
@customer_page
def timeline(request: HttpRequest) -> HttpResponse:
    """What happened to the customer's business here."""
    customer = _present(request)
    lines, following = (
        history.timeline_of(customer, before=_before(request)) if customer else ([], "")
    )
    return render(request, "customers/timeline.html", {"lines": lines, "next": following})


def _present(request: HttpRequest) -> Customer | None:
    return selectors.customer_of(request.user)


def _customer(request: HttpRequest) -> Customer:
    """The customer of a request that writes; made here if the first event is still on its way."""
    assert isinstance(request.user, User)
    return ensure_customer(user=request.user, at=clock.now())


def _actor(request: HttpRequest) -> Actor:
    assert isinstance(request.user, User)
    return Actor.of(request.user)


def _before(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("before", ""))
    except ValueError:
        return None
