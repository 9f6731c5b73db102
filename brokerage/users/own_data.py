"""What a person's own copy of their data says of the log-in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.utils.translation import gettext_lazy as _

from brokerage.core import data_export, masking
from brokerage.core.data_export import Person
from brokerage.core.middleware import network_of
from brokerage.users.devices import browser_of
from brokerage.users.models import Device, PastPhone, User

EXEMPT = {
    "users.PhoneCode": "hashes of codes, gone after two days",
    "admin.LogEntry": "Django's own log, which the journal replaces; customers never appear",
    "account.EmailAddress": "addresses of staff; customers sign in by phone",
    "account.EmailConfirmation": "addresses of staff; customers sign in by phone",
    "mfa.Authenticator": "second factors of staff; customers have none",
    "users.FactorReset": "second factors of staff; customers have none",
    "auth.Group": "roles of staff; customers have none",
    "allauth_idp_oidc.Client": "clients of partners, owned by nobody here",
    "allauth_idp_oidc.Token": "tokens of partners' clients, owned by nobody here",
}


def register() -> None:
    """Called once when the app is ready."""
    data_export.register(
        "log_in", title=_("Your log-in"), collect=_log_in, order=60, covers=("users.User",)
    )
    data_export.register(
        "past_phones",
        title=_("Numbers given up"),
        collect=_past_phones,
        order=61,
        covers=("users.PastPhone",),
    )
    data_export.register(
        "devices", title=_("Devices"), collect=_devices, order=62, covers=("users.Device",)
    )
    data_export.register(
        "sessions",
        title=_("Where you are signed in"),
        collect=_sessions,
        order=63,
        covers=("usersessions.UserSession",),
    )
    for label, reason in EXEMPT.items():
        data_export.exempt(label, reason)


def _user(person: Person) -> UUID:
    """The ref of the log-in; that of nobody where there is none."""
    return person.user or UUID(int=0)


def _log_in(person: Person) -> list[dict[str, Any]]:
    return [
        {
            "phone": user.phone,
            "email": user.email,
            "language": user.language,
            "reading_mode": user.reading_mode,
            "since": user.created_at.isoformat(),
            "last_sign_in": user.last_login.isoformat() if user.last_login else None,
        }
        for user in User.objects.filter(ref=_user(person))
    ]


def _past_phones(person: Person) -> list[dict[str, Any]]:
    rows = PastPhone.objects.filter(user__ref=_user(person)).order_by("until")
    # somebody else may have the number by now
    return [{"phone": masking.phone(row.phone), "until": row.until.isoformat()} for row in rows]


def _devices(person: Person) -> list[dict[str, Any]]:
    rows = Device.objects.filter(user__ref=_user(person)).order_by("first_seen_at")
    return [
        {
            "browser": row.browser,
            "network": row.network,
            "since": row.first_seen_at.isoformat(),
            "last_sign_in": row.last_seen_at.isoformat(),
        }
        for row in rows
    ]


def _sessions(person: Person) -> list[dict[str, Any]]:
    rows = UserSession.objects.filter(user__ref=_user(person)).order_by("created_at")
    return [
        {
            "browser": browser_of(row.user_agent),
            "network": network_of(row.ip),
            "since": row.created_at.isoformat(),
            "last_seen": row.last_seen_at.isoformat(),
        }
        for row in rows
    ]
