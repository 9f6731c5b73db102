"""Log-ins for tests, and signed-in clients that pass every limit and the second factor."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import count
from typing import Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.test import Client

from brokerage.core import clock
from brokerage.users import sessions
from brokerage.users.models import Kind, User
from brokerage.users.stepup import KEY as STEPPED_UP

PASSWORD = "correct horse battery"
_numbers = count(1)


def make_customer_user(phone: str | None = None, **values: Any) -> User:
    """A customer's log-in; without `phone` (E.164) a number of its own."""
    return User.objects.create_customer(phone or f"+861390000{next(_numbers):04d}", **values)


def make_staff_user(
    email: str | None = None, *, roles: Iterable[str] = (), mfa: bool = True, **values: Any
) -> User:
    """A staff log-in with PASSWORD, in the groups `roles`, by default with a TOTP factor."""
    return _made(Kind.STAFF, email, roles, mfa, values)


def make_partner_user(email: str | None = None, *, mfa: bool = True, **values: Any) -> User:
    """A partner operator's log-in with PASSWORD, by default with a TOTP factor."""
    return _made(Kind.PARTNER, email, (), mfa, values)


def sign_in(
    client: Client,
    user: User,
    *,
    at: datetime | None = None,
    stepped_up: bool = False,
    listed: bool = False,
) -> Client:
    """Give `client` a session of `user` that passes the second factor and the limits.

    Args:
        client: Django's test client.
        user: who is signed in; staff and partners count as having used their second factor.
        at: when the session began (default: now).
        stepped_up: whether it has just proved itself again.
        listed: whether it stands in the list of sessions, as each does that began at the log-in.

    Returns:
        The same client.
    """
    at = at or clock.now()
    client.force_login(user)
    session = client.session
    sessions.begin(session, at)
    if user.kind != Kind.CUSTOMER:
        used = [{"method": "password", "at": at.timestamp()}]
        used += [{"method": "mfa", "at": at.timestamp(), "type": "totp"}]
        session[AUTHENTICATION_METHODS_SESSION_KEY] = used
        session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    if stepped_up:
        session[STEPPED_UP] = at.timestamp()
    session.save()
    if listed:
        key = session.session_key
        UserSession.objects.create(user=user, session_key=key, ip="203.0.113.5")
    return client


def _made(
    kind: Kind, email: str | None, roles: Iterable[str], mfa: bool, values: dict[str, Any]
) -> User:
    make = User.objects.create_staff if kind == Kind.STAFF else User.objects.create_partner
    user = make(email or f"{kind}{next(_numbers)}@example.com", PASSWORD, **values)
    for role in roles:
        user.groups.add(Group.objects.get_or_create(name=str(role))[0])
    if mfa and not Authenticator.objects.filter(user=user).exists():
        TOTP.activate(user, generate_totp_secret())
    return user
