"""Every request of a signed-in person: who it is, the session's limits, staff's second factor.

The last two look only where a session cookie came along, so that anonymous pages stay cacheable.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth import logout, middleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from brokerage.core import clock
from brokerage.core.first import need_of
from brokerage.users import parking, sessions
from brokerage.users.factors import used_second_factor
from brokerage.users.models import User

Handler = Callable[[HttpRequest], HttpResponse]


class _Middleware:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


def _signed_in(request: HttpRequest) -> User | None:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    return request.user if isinstance(request.user, User) else None


class AuthenticationMiddleware(middleware.AuthenticationMiddleware):
    """Django's; a log-in that was read with its session is not asked for once more."""

    def process_request(self, request: HttpRequest) -> None:
        """Put `request.user` there, to be looked up when it is used."""
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user_of(request))  # type: ignore[assignment]

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> None:
        """Tell the session what the view needs with it; nothing, where it was read before."""
        request.session.begin(need_of(view, kwargs))


def _user_of(request: Any) -> Any:
    if not hasattr(request, "_cached_user"):
        request._cached_user = _came_along(request.session) or auth.get_user(request)
    return request._cached_user


def _came_along(session: SessionBase) -> User | None:
    """The session's log-in where all that Django checks is in order; else Django looks."""
    backend, key = session.get(auth.BACKEND_SESSION_KEY), session.get(auth.SESSION_KEY)
    owner: User | None = getattr(session, "owner", None)
    if owner is None or not owner.is_active or key != str(owner.pk):
        return None
    if backend not in settings.AUTHENTICATION_BACKENDS:
        return None
    sealed = session.get(auth.HASH_SESSION_KEY, "")
    return owner if constant_time_compare(sealed, owner.get_session_auth_hash()) else None


class SessionLimitsMiddleware(_Middleware):
    """Ends sessions that rested or lasted too long, and leads back to the page afterwards.

    It acts before the view but after the CSRF check, so a forged request cannot end a session.
    """

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        user = _signed_in(request)
        if user is None:
            return None
        at = clock.now()
        ended = sessions.ended(request.session, sessions.limits_of(user.kind), at)
        if ended is None:
            sessions.use(request, at)
            return None
        logout(request)
        back = request.get_full_path()
        if request.method == "POST":
            back = parking.park(request, user)
        messages.info(
            request,
            _("You were signed out because nothing happened for a while. Sign in to go on.")
            if ended is sessions.Ended.IDLE
            else _("You were signed in for a long time. Sign in again to go on."),
        )
        entry = "account_login" if user.is_customer else "staff_login"
        answer = redirect_to_login(back, reverse(entry))
        return HttpResponseClientRedirect(answer["Location"]) if _htmx(request) else answer


class StaffMfaMiddleware(_Middleware):
    """Staff and partner operators reach nothing before their second factor, customers no admin.

    It goes by the resolved view, not by the path, so no spelling of an address gets around it.
    """

    open_views = frozenset(
        {
            "account_logout",
            "account_reauthenticate",
            "admin:logout",
            "mfa_index",
            "mfa_activate_totp",
            "mfa_add_webauthn",
            "mfa_reauthenticate",
            "mfa_view_recovery_codes",
            "set_language",
            "healthz",
            "readyz",
        }
    )

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        assert match is not None
        admin, name = "admin" in match.app_names, match.view_name
        user = _signed_in(request)
        if user is None:
            if admin or _staff_only(name):
                return redirect_to_login(_target(request, name), reverse("staff_login"))
            return None
        if user.is_customer or (admin and not user.is_staff):
            if admin or (_staff_only(name) and user.is_customer):
                raise Http404
            return None
        if name in self.open_views or used_second_factor(request, user):
            return redirect("admin:index") if name == "admin:login" else None
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        return redirect("mfa_index")


def _staff_only(name: str) -> bool:
    """Views that customers have no use for; the two through which one comes in are open."""
    if name in {"mfa_authenticate", "mfa_login_webauthn"}:
        return False
    return name.startswith("mfa_") or name == "account_change_password"


def _target(request: HttpRequest, name: str) -> str:
    """Where to go after signing in; the admin's own log-in page passes its target on."""
    return request.GET.get("next", "") if name == "admin:login" else request.get_full_path()


def _htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))
