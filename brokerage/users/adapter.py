"""Our decisions at allauth's hooks: stages, limits, what a sign-in leaves behind."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal import ratelimit
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from brokerage.core import clock
from brokerage.core.middleware import client_address
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users import devices, sessions, stepup
from brokerage.users.events import SignedIn
from brokerage.users.models import Device, User
from brokerage.users.tasks import send_password_reset
from brokerage.users.use_cases.note_block import note_password_block


class AccountAdapter(DefaultAccountAdapter):
    """Customers come in by our own code pages, staff and partners by allauth's password page."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("E-mail or password is not right."),
        "incorrect_password": _("The password is not right."),
        "incorrect_code": _("The code is not right. Take the newest one."),
        "too_many_login_attempts": _(
            "Too many wrong tries. Wait five minutes, then try again; nothing is locked."
        ),
        "rate_limited": _("Too many requests. Wait a minute, then try again."),
    }

    # --- who comes in ---------------------------------------------------------------------

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody: customers sign up by proving a number, staff are made by administrators."""
        return False

    def get_login_stages(self) -> list[str]:
        """After the first proof only the second factor; addresses are proved elsewhere."""
        return ["brokerage.users.factors.SecondFactorStage"]

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address behind the trusted proxies; forwarded headers beyond them are ignored."""
        try:
            return str(ipaddress.ip_address(client_address(request)))
        except ValueError:
            raise PermissionDenied("The client's address is unknown.") from None

    # --- limits before the slow hash ------------------------------------------------------

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try for the log-in, the address and everybody, before any hashing."""
        try:
            super().pre_authenticate(request, **credentials)
            if not self._known(request, credentials) and not ratelimit.consume(
                request, app="allauth.account", action="login_failed_by_all", key="all"
            ):
                raise self.validation_error("too_many_login_attempts")
        except Exception:
            note_password_block(email=str(credentials.get("email", "")), at=clock.now())
            raise

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """A known device has a count of its own, so that strangers cannot use up the owner's."""
        email = str(credentials.get("email", "")).lower()
        if device := self._known(request, credentials):
            return f"device:{device}"
        return f"email:{email}"

    def _known(self, request: HttpRequest, credentials: dict[str, Any]) -> str:
        mark = devices.cookie_hash(request)
        email = str(credentials.get("email", "")).lower()
        known = mark and Device.objects.filter(user__email=email, cookie_hash=mark).first()
        return str(known.ref) if known else ""

    # --- what a sign-in leaves behind -----------------------------------------------------

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        sessions.begin(request.session, clock.now())

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        at = clock.now()
        with transaction.atomic(savepoint=False):  # of a code, which is used in the same one
            event = SignedIn(subject=user.ref, method=_method(request, user))
            record(event, actor=Actor.of(user), at=at)
            devices.remember(request, response, user, at)
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        user = request.user
        home = "admin:index" if user.is_authenticated and user.is_staff else "home"
        return reverse(home)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("users:security")

    # --- proving it again -----------------------------------------------------------------

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:
        """allauth's ways, in our words."""
        words = {
            "reauthenticate": _("Use your password"),
            "mfa_reauthenticate": _("Use an authenticator app or a recovery code"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        ways = super().get_reauthentication_methods(user)
        return [{**way, "description": words[way["id"]]} for way in ways]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not for the first factor right after the password was entered."""
        request = self.request
        if app == "allauth.mfa" and request and not is_mfa_enabled(request.user):
            began = request.session.get(sessions.BEGAN, 0)
            if clock.now() < datetime.fromtimestamp(began, UTC) + stepup.FRESH:
                return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    # --- letters ----------------------------------------------------------------------------

    def format_email_subject(self, subject: str) -> str:
        return subject

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """By a job, so that the answer takes as long for an unknown address, and no token
        stands in the table of jobs."""
        request = context["request"]
        origin = request.build_absolute_uri("/").rstrip("/")
        send_password_reset.defer(user=str(user.ref), origin=origin)


def _method(request: HttpRequest, user: User) -> str:
    records = get_authentication_records(request, user)
    if any(entry.get("passwordless") for entry in records):
        return "passkey"
    first = next((entry["method"] for entry in records if entry["method"] != "mfa"), "")
    return str(first) or "code"
