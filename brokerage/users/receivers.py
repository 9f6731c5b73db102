"""Where allauth tells us what it did; its signals are the only hook for these moments."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import (
    authentication_step_completed,
    password_changed,
    password_reset,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.db import transaction
from django.http import HttpRequest

from brokerage.core import clock
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users import stepup
from brokerage.users.events import FactorAdded, FactorRemoved, PasswordChanged
from brokerage.users.models import User

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def connect() -> None:
    """Listen; called once when the app is ready."""
    authentication_step_completed.connect(_stepped_up, dispatch_uid="users.stepped_up")
    authenticator_added.connect(_factor_added, dispatch_uid="users.factor_added")
    authenticator_removed.connect(_factor_removed, dispatch_uid="users.factor_removed")
    password_changed.connect(_password_changed, dispatch_uid="users.password_changed")
    password_reset.connect(_password_changed, dispatch_uid="users.password_reset")


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
