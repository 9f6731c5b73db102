"""What a person sees of their own log-in, and the sessions they can end."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from brokerage.core import clock
from brokerage.users import selectors
from brokerage.users.models import Device, User
from brokerage.users.stepup import require_step_up
from brokerage.users.use_cases.end_sessions import end_session, sign_out_everywhere


@never_cache
@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Number or e-mail, second factors, devices."""
    user = _user(request)
    context = {
        "devices": Device.objects.filter(user=user).order_by("-last_seen_at", "-id")[:20],
        "factors": [] if user.is_customer else Authenticator.objects.filter(user=user),
    }
    return render(request, "users/security.html", context)


@never_cache
@login_required
@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    """Where this person is signed in now."""
    own = selectors.own_sessions(
        user=_user(request), current_key=request.session.session_key, at=clock.now()
    )
    return render(request, "users/sessions.html", {"sessions": own})


@require_POST
@login_required
def end_one(request: HttpRequest) -> HttpResponse:
    """End one of one's own sessions."""
    if end_session(user=_user(request), name=request.POST.get("session", ""), at=clock.now()):
        messages.success(request, _("That session is ended."))
    else:
        messages.info(request, _("That session had ended already."))
    return redirect("users:sessions")


@never_cache
@login_required
@require_step_up
@require_http_methods(["GET", "HEAD", "POST"])
def end_everywhere(request: HttpRequest) -> HttpResponse:
    """Ask, then end all sessions, this one included."""
    user = _user(request)
    if request.method != "POST":
        return render(request, "users/sign_out_everywhere.html")
    sign_out_everywhere(user=user, at=clock.now())
    logout(request)
    messages.success(request, _("You are signed out on all devices."))
    return redirect("account_login" if user.is_customer else "staff_login")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
