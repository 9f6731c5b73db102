"""Change of the phone number: the old one proved by step-up, the new one by its code."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from brokerage.core import clock
from brokerage.users.forms import CodeForm, NewPhoneForm
from brokerage.users.models import PhoneCode, Purpose, User
from brokerage.users.phones import national
from brokerage.users.stepup import require_step_up
from brokerage.users.use_cases.change_phone import change_phone
from brokerage.users.use_cases.send_code import CodeRefused
from brokerage.users.use_cases.use_code import WrongCode
from brokerage.users.views import code_pages


@sensitive_post_parameters("phone")
@never_cache
@login_required
@require_step_up
@require_http_methods(["GET", "HEAD", "POST"])
def new_number(request: HttpRequest) -> HttpResponse:
    """Ask for the new number; a number that is taken gets the same answer."""
    user = _customer(request)
    if request.method != "POST":
        return _number_page(request, NewPhoneForm(current=user.phone))
    form = NewPhoneForm(request.POST, current=user.phone)
    if not form.is_valid():
        return _number_page(request, form)
    try:
        code_pages.send(
            request, phone=form.cleaned_data["phone"], purpose=Purpose.NEW_PHONE, user=user
        )
    except CodeRefused as refused:
        form.add_error("phone", code_pages.refusal_text(refused, clock.now()))
        return code_pages.come_back(_number_page(request, form), refused)
    return redirect("users:phone_code")


@sensitive_post_parameters("code")
@never_cache
@login_required
@require_step_up
@require_http_methods(["GET", "HEAD", "POST"])
def new_number_code(request: HttpRequest) -> HttpResponse:
    """Take the code that the new number received."""
    user = _customer(request)
    waiting = code_pages.pending(request, Purpose.NEW_PHONE)
    if waiting is None:
        return redirect("users:phone")
    if request.method != "POST":
        return _code_page(request, waiting, CodeForm())
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            changed = change_phone(
                user=user, ref=waiting.ref, code=form.cleaned_data["code"], at=clock.now()
            )
        except WrongCode as error:
            form.add_error("code", code_pages.wrong_text(error))
        else:
            code_pages.forget(request, Purpose.NEW_PHONE)
            _keep_this_session(request, changed)
            messages.success(
                request,
                _("Your number is now {phone}. Other devices are signed out.").format(
                    phone=changed.masked_phone
                ),
            )
            return redirect("users:security")
    return _code_page(request, waiting, form)


@login_required
@require_step_up
@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """Send another code to the new number."""
    user = _customer(request)
    waiting = code_pages.pending(request, Purpose.NEW_PHONE)
    if waiting is None:
        return redirect("users:phone")
    try:
        code_pages.send(request, phone=str(waiting.phone), purpose=Purpose.NEW_PHONE, user=user)
    except CodeRefused as refused:
        text = code_pages.refusal_text(refused, clock.now())
        return code_pages.come_back(
            _code_page(request, waiting, CodeForm(), refused=text), refused
        )
    return redirect("users:phone_code")


def _keep_this_session(request: HttpRequest, user: User) -> None:
    """All sessions ended with the change; this one goes on under a new key."""
    update_session_auth_hash(request, user)
    UserSession.objects.create_from_request(request)


def _customer(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User) or not user.is_customer:
        raise Http404
    return user


def _number_page(request: HttpRequest, form: NewPhoneForm, status: int = 200) -> HttpResponse:
    return render(request, "users/phone.html", {"form": form}, status=status)


def _code_page(
    request: HttpRequest,
    waiting: PhoneCode,
    form: CodeForm,
    *,
    refused: str = "",
) -> HttpResponse:
    context = {
        "form": form,
        "refused": refused,
        "phone": national(str(waiting.phone)),
        **code_pages.page(waiting, clock.now()),
    }
    return render(request, "users/phone_code.html", context)
