"""Proving it again before a sensitive act, and sending on what was parked meanwhile."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_login_redirect_url, get_next_redirect_url
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from brokerage.core import clock
from brokerage.users import parking
from brokerage.users.forms import CodeForm
from brokerage.users.models import Purpose, User
from brokerage.users.use_cases.send_code import CodeRefused
from brokerage.users.use_cases.use_code import WrongCode, use_code
from brokerage.users.views import code_pages


@sensitive_post_parameters("code")
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def step_up(request: HttpRequest) -> HttpResponse:
    """Customers prove their number; others go to their password or second factor.

    A POST without a code has one sent; with a code it is checked.
    """
    user = request.user
    assert isinstance(user, User)
    if not user.is_customer:
        query = {"next": get_next_redirect_url(request) or get_login_redirect_url(request)}
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode(query)}")
    if request.method != "POST":
        return _page(request, CodeForm())
    if "code" not in request.POST:
        return _send(request, user)
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            _take(request, user, form.cleaned_data["code"])
        except WrongCode as error:
            form.add_error("code", code_pages.wrong_text(error))
        else:
            target = code_pages.back(request, Purpose.STEP_UP)
            code_pages.forget(request, Purpose.STEP_UP)
            return HttpResponseRedirect(target or reverse("users:security"))
    return _page(request, form)


@never_cache
@login_required
@require_safe
def resume(request: HttpRequest) -> HttpResponse:
    """Offer what was being sent when the session or the step-up ran out."""
    kept = parking.parked(request)
    if kept is None:
        return HttpResponseRedirect(get_login_redirect_url(request))
    parking.forget(request)
    return render(request, "users/continue.html", {"parked": kept})


def _send(request: HttpRequest, user: User) -> HttpResponse:
    try:
        code_pages.send(request, phone=str(user.phone), purpose=Purpose.STEP_UP, user=user)
    except CodeRefused as refused:
        form = CodeForm()
        text = code_pages.refusal_text(refused, clock.now())
        return code_pages.come_back(_page(request, form, refused=text), refused)
    return redirect("users:step_up")


def _take(request: HttpRequest, user: User, code: str) -> None:
    waiting = code_pages.pending(request, Purpose.STEP_UP)
    use_code(
        ref=waiting.ref if waiting else None,
        purpose=Purpose.STEP_UP,
        code=code,
        at=clock.now(),
        user=user,
        then=lambda row: None,
    )
    record_authentication(request, user, "code", reauthenticated=True)


def _page(request: HttpRequest, form: CodeForm, *, refused: str = "") -> HttpResponse:
    waiting = code_pages.pending(request, Purpose.STEP_UP)
    context = {
        "form": form,
        "next": get_next_redirect_url(request),
        "refused": refused,
        "waiting": waiting,
        **(code_pages.page(waiting, clock.now()) if waiting else {}),
    }
    return render(request, "users/step_up.html", context)
