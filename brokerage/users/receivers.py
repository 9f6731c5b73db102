"""Where allauth tells us what it did; its signals are the only hook for these moments."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import (
    authentication_step_completed,
    password_changed,
    password_reset,
    user_logged_in,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.usersessions.signals import on_user_logged_in
from django.contrib.auth import signals
from django.contrib.auth.models import update_last_login
from django.db import transaction
from django.http import HttpRequest

from brokerage.core import clock
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users import sessions, stepup
from brokerage.users.events import FactorAdded, FactorRemoved, PasswordChanged
from brokerage.users.models import User

NOW = timedelta(minutes=1)
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def connect() -> None:
    """Listen; called once when the app is ready, after the apps whose place we take."""
    signals.user_logged_in.disconnect(dispatch_uid="update_last_login")
    signals.user_logged_in.connect(_came_in, dispatch_uid="users.came_in")
    user_logged_in.disconnect(on_user_logged_in)
    user_logged_in.connect(_began_a_session, dispatch_uid="users.began_a_session")
    authentication_step_completed.connect(_stepped_up, dispatch_uid="users.stepped_up")
    authenticator_added.connect(_factor_added, dispatch_uid="users.factor_added")
    authenticator_removed.connect(_factor_removed, dispatch_uid="users.factor_removed")
    password_changed.connect(_password_changed, dispatch_uid="users.password_changed")
    password_reset.connect(_password_changed, dispatch_uid="users.password_reset")


def _came_in(sender: type[User], user: User, **extra: Any) -> None:
    """Note the log-in as Django does; a customer's that was made by it has the note already."""
    made_by_it = user.is_customer and user.last_login == user.created_at
    if not (made_by_it and clock.now() < user.created_at + NOW):
        update_last_login(sender, user, **extra)


def _began_a_session(request: HttpRequest, user: User, **extra: Any) -> None:
    """allauth reads, writes and reads again for what is one statement."""
    sessions.enlist(request, user, clock.now())


def _stepped_up(request: HttpRequest, user: User, method: str, **extra: Any) -> None:
    if extra.get("reauthenticated"):
        stepup.mark(request, user, method=method, at=clock.now())


def _factor_added(
    request: HttpRequest, user: User, authenticator: Authenticator, **extra: Any
) -> None:
    with transaction.atomic():
        event = FactorAdded(subject=user.ref, factor=authenticator.type)
        record(event, actor=Actor.of(user), at=clock.now())
    if authenticator.type in SECOND_FACTORS and request.user.is_authenticated:
        # Adding one proves it: the session has used its second factor, and stepped up.
        record_authentication(request, user, "mfa", type=authenticator.type, reauthenticated=True)


def _factor_removed(
    request: HttpRequest, user: User, authenticator: Authenticator, **extra: Any
) -> None:
    with transaction.atomic():
        event = FactorRemoved(subject=user.ref, factor=authenticator.type)
        record(event, actor=Actor.of(user), at=clock.now())


def _password_changed(request: HttpRequest, user: User, **extra: Any) -> None:
    with transaction.atomic():
        record(PasswordChanged(subject=user.ref), actor=Actor.of(user), at=clock.now())
