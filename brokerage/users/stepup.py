"""Step-up: proving it again, at most five minutes before a sensitive act.

Signing in does not count. Customers enter a code sent to their number; staff and partner
operators their password or a second factor.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from brokerage.core import clock
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users import parking, sessions
from brokerage.users.events import SteppedUp
from brokerage.users.models import User

FRESH = timedelta(minutes=5)
KEY = "stepped_up_at"

View = TypeVar("View", bound=Callable[..., HttpResponse])


def is_fresh(request: HttpRequest, at: datetime) -> bool:
    """Whether this session has proved itself again within the last five minutes."""
    stamp = request.session.get(KEY)
    if not isinstance(stamp, (int, float)):
        return False
    proved = datetime.fromtimestamp(stamp, UTC)
    return proved <= at < proved + FRESH


def mark(request: HttpRequest, user: User, *, method: str, at: datetime) -> None:
    """Note that `user` has just proved themselves again; the session gets a new key.

    Args:
        request: of the session.
        user: who is signed in.
        method: code, password or mfa.
        at: now.
    """
    request.session[KEY] = at.timestamp()
    sessions.rotate(request)
    with transaction.atomic():
        record(SteppedUp(subject=user.ref, method=method), actor=Actor.of(user), at=at)


def require_step_up(view: View) -> View:
    """Let a view run only after a fresh step-up; the user comes back to it afterwards.

    What was being sent is parked, so that it can be sent again with one press.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if is_fresh(request, clock.now()):
            return view(request, *args, **kwargs)
        return redirect_to_step_up(request)

    return guarded  # type: ignore[return-value]


def redirect_to_step_up(request: HttpRequest) -> HttpResponse:
    """Send the user to prove themselves, and back to this page afterwards."""
    back = parking.park(request) if request.method == "POST" else request.get_full_path()
    return redirect(f"{reverse('users:step_up')}?{urlencode({'next': back})}")
