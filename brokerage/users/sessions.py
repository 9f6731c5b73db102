"""How long a session lasts, and how its key changes.

A session carries two instants: when it began and when it was last used. The second is written
at most every 30 seconds, so that most requests write nothing; a session may therefore end up to
30 seconds before its idle limit, never after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from brokerage.core.saving import Write
from brokerage.journal.record import write_along
from brokerage.users.models import Kind, User

BEGAN = "began_at"
USED = "used_at"
WRITE_EVERY = timedelta(seconds=30)
BEGINNING = timedelta(minutes=2)
"""After so long, a session that was listed has been written, too."""

# One that another device begins at this moment is listed before it is written.
OVER = """
DELETE FROM usersessions_usersession AS listed
WHERE user_id = %s AND session_key <> %s AND created_at < %s
AND NOT EXISTS (SELECT FROM django_session AS session
    WHERE session.session_key = listed.session_key AND session.expire_date > %s)
RETURNING id
"""
LIST = """
INSERT INTO usersessions_usersession
    (user_id, session_key, created_at, last_seen_at, ip, user_agent, data)
VALUES (%s, %s, %s, %s, %s, %s, '{}')
ON CONFLICT (session_key) DO UPDATE
SET user_id = excluded.user_id, created_at = excluded.created_at,
    last_seen_at = excluded.last_seen_at, ip = excluded.ip, user_agent = excluded.user_agent
RETURNING id
"""


@dataclass(frozen=True)
class Limits:
    """How long a session may rest, and how long it may last at all."""

    idle: timedelta
    absolute: timedelta


CUSTOMER = Limits(idle=timedelta(minutes=30), absolute=timedelta(hours=24))
STAFF = Limits(idle=timedelta(minutes=15), absolute=timedelta(hours=10))


class Ended(Enum):
    """Why a session is over."""

    IDLE = "idle"
    OLD = "old"


def limits_of(kind: str) -> Limits:
    """The limits for a kind of user; partner operators have those of staff."""
    return CUSTOMER if kind == Kind.CUSTOMER else STAFF


def begin(session: SessionBase, at: datetime) -> None:
    """Stamp a session that has just been signed in."""
    session[BEGAN] = session[USED] = at.timestamp()


def enlist(request: HttpRequest, user: User, at: datetime) -> None:
    """Put the session that `user` has just begun into their list, and what is over out of it."""
    longest = UserSession._meta.get_field("user_agent").max_length
    key, ip = request.session.session_key, get_adapter().get_client_ip(request)
    browser = request.headers.get("User-Agent", "")[:longest]
    write_along(
        Write(OVER, (user.pk, key, at - BEGINNING, at)),
        Write(LIST, (user.pk, key, at, at, ip, browser)),
    )


def ended(session: SessionBase, limits: Limits, at: datetime) -> Ended | None:
    """Whether the session is over at `at`; one without stamps is."""
    began, used = (_instant(session.get(key)) for key in (BEGAN, USED))
    if began is None or used is None or at >= began + limits.absolute:
        return Ended.OLD
    return Ended.IDLE if at >= used + limits.idle else None


def use(request: HttpRequest, at: datetime) -> None:
    """Note that the session was used, when the last note is old enough."""
    used = _instant(request.session.get(USED))
    if used is not None and used <= at < used + WRITE_EVERY:
        return
    request.session[USED] = at.timestamp()
    UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=at)


def rotate(request: HttpRequest) -> None:
    """Give the session a new key; the old one opens nothing any more."""
    before = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)


def end_all(user: User) -> None:
    """End every session of `user`, listed or not, inside the caller's transaction.

    The epoch is part of what a session is checked against, so even a session that no list
    knows is over. `user.session_epoch` is changed in memory too.
    """
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])
    for session in UserSession.objects.filter(user=user):
        session.end()


def _instant(stamp: object) -> datetime | None:
    return datetime.fromtimestamp(stamp, UTC) if isinstance(stamp, (int, float)) else None
