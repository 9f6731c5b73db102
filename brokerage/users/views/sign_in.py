"""A customer comes in: the number, then the code from the SMS."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_login_redirect_url, get_next_redirect_url, perform_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from brokerage.core import clock
from brokerage.core.in_place import comes_in_place
from brokerage.users.forms import CodeForm, PhoneForm
from brokerage.users.models import Purpose
from brokerage.users.phones import national
from brokerage.users.use_cases.send_code import CodeRefused
from brokerage.users.use_cases.sign_in_with_code import Opened, sign_in_with_code
from brokerage.users.use_cases.use_code import WrongCode
from brokerage.users.views import code_pages


@sensitive_post_parameters("phone")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for the number; known or not, the answer is the same."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(get_login_redirect_url(request))
    if request.method != "POST":
        waiting = code_pages.pending(request, Purpose.SIGN_IN)
        initial = {"phone": national(str(waiting.phone))} if waiting else None
        return _number_page(request, PhoneForm(initial=initial))
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return _number_page(request, form)
    try:
        code_pages.send(request, phone=form.cleaned_data["phone"], purpose=Purpose.SIGN_IN)
    except CodeRefused as refused:
        form.add_error("phone", code_pages.refusal_text(refused, clock.now()))
        return code_pages.come_back(_number_page(request, form), refused)
    return redirect("account_login_code")


@comes_in_place()
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Take the code and open the customer's log-in, or make it."""
    ref = code_pages.ref_of(request, Purpose.SIGN_IN)
    if request.user.is_authenticated or not ref:
        return redirect("account_login")
    form = CodeForm(request.POST) if request.method == "POST" else CodeForm()
    if not form.is_valid():
        return _code_page(request, form)
    back = code_pages.back(request, Purpose.SIGN_IN)

    def begin(opened: Opened) -> HttpResponse:
        code_pages.forget(request, Purpose.SIGN_IN)
        record_authentication(request, opened.user, "code")
        return perform_login(request, opened.user, redirect_url=back, signup=opened.created)

    try:
        return sign_in_with_code(
            ref=ref,
            code=form.cleaned_data["code"],
            at=clock.now(),
            begin=begin,
            language=get_language() or "",
        )
    except WrongCode as error:
        form.add_error("code", code_pages.wrong_text(error))
        return _code_page(request, form)


@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """Send another code to the same number."""
    waiting = code_pages.pending(request, Purpose.SIGN_IN)
    if request.user.is_authenticated or waiting is None:
        return redirect("account_login")
    try:
        code_pages.send(request, phone=str(waiting.phone), purpose=Purpose.SIGN_IN)
    except CodeRefused as refused:
        text = code_pages.refusal_text(refused, clock.now())
        return code_pages.come_back(_code_page(request, CodeForm(), refused=text), refused)
    return redirect("account_login_code")


def _number_page(request: HttpRequest, form: PhoneForm) -> HttpResponse:
    context = {"form": form, "next": get_next_redirect_url(request)}
    return render(request, "users/sign_in.html", context)


def _code_page(request: HttpRequest, form: CodeForm, *, refused: str = "") -> HttpResponse:
    waiting = code_pages.pending(request, Purpose.SIGN_IN)
    if waiting is None:
        return redirect("account_login")
    context = {
        "form": form,
        "refused": refused,
        "phone": national(str(waiting.phone)),
        **code_pages.page(waiting, clock.now()),
    }
    return render(request, "users/sign_in_code.html", context)
