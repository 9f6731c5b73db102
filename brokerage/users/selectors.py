"""What a person sees of their own log-in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from brokerage.core.crypto import keyed_hash
from brokerage.core.middleware import network_of
from brokerage.users import sessions
from brokerage.users.devices import browser_of
from brokerage.users.models import User


@dataclass(frozen=True)
class OwnSession:
    """One line of the list of sessions.

    Attributes:
        name: stands for the session in forms; tells nothing about its key.
        browser: family and system, such as `Chrome · Android`; may be empty.
        network: address shortened to its network.
        began_at: when it was signed in.
        last_seen_at: when it was used last, within half a minute.
        current: whether it is the one that asks.
    """

    name: str
    browser: str
    network: str
    began_at: datetime
    last_seen_at: datetime
    current: bool


def session_name(session_key: str) -> str:
    """What a session is called where its key must not appear."""
    return keyed_hash(session_key, purpose="users.session")[:32]


def own_sessions(*, user: User, current_key: str | None, at: datetime) -> Sequence[OwnSession]:
    """The live sessions of `user`, the present one first, then the latest used."""
    limits = sessions.limits_of(user.kind)
    rows = list(
        UserSession.objects.filter(
            user=user,
            last_seen_at__gt=at - limits.idle,
            created_at__gt=at - limits.absolute,
        )
    )
    alive = set(
        Session.objects.filter(session_key__in=[row.session_key for row in rows]).values_list(
            "session_key", flat=True
        )
    )
    found = [
        OwnSession(
            name=session_name(row.session_key),
            browser=browser_of(row.user_agent),
            network=network_of(row.ip),
            began_at=row.created_at,
            last_seen_at=row.last_seen_at,
            current=row.session_key == current_key,
        )
        for row in rows
        if row.session_key in alive
    ]
    return sorted(found, key=lambda each: (not each.current, -each.last_seen_at.timestamp()))
