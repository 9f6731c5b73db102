"""The device cookie: a browser is known again where somebody has signed in before."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core import signing
from django.db import connection
from django.http import HttpRequest, HttpResponse

from brokerage.core.crypto import keyed_hash
from brokerage.core.middleware import client_address, network_of
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.events import NewDeviceSeen
from brokerage.users.models import User

AGE = timedelta(days=400)  # browsers keep no cookie longer
SALT = "brokerage.users.device"

# order matters: the first match names the browser
FAMILIES = (
    ("MicroMessenger", r"MicroMessenger/"),
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("QQ Browser", r"MQQBrowser/|QQBrowser/"),
    ("UC Browser", r"UCBrowser/|UCWEB"),
    ("Huawei Browser", r"HuaweiBrowser/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Opera", r"OPR/"),
    ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Safari/"),
)
SYSTEMS = (
    ("HarmonyOS", r"HarmonyOS|OpenHarmony"),
    ("Android", r"Android"),
    ("iPad", r"iPad"),
    ("iPhone", r"iPhone"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("Linux", r"Linux"),
)

# a row that was there keeps its ref; `others` is asked as it was before this statement
SEE = """
INSERT INTO users_device AS seen
    (ref, user_id, cookie_hash, browser, network, first_seen_at, last_seen_at)
VALUES (%(ref)s, %(user)s, %(mark)s, %(browser)s, %(network)s, %(at)s, %(at)s)
ON CONFLICT (user_id, cookie_hash) DO UPDATE
SET browser = excluded.browser, network = excluded.network, last_seen_at = excluded.last_seen_at
RETURNING ref, ref = %(ref)s, EXISTS (SELECT FROM users_device WHERE user_id = %(user)s)
"""


def browser_of(user_agent: str) -> str:
    """The browser's family and system, such as `Chrome · Android`; empty where unknown."""
    found = [
        next((name for name, pattern in names if re.search(pattern, user_agent)), "")
        for names in (FAMILIES, SYSTEMS)
    ]
    return " · ".join(name for name in found if name)


def cookie_name() -> str:
    """The cookie's name; bound to this host where cookies are secure."""
    return "__Host-device" if settings.SESSION_COOKIE_SECURE else "device"


def cookie_hash(request: HttpRequest) -> str:
    """The keyed hash of the browser's device cookie; empty without a genuine one."""
    mark = _mark(request)
    return keyed_hash(mark, purpose="users.device") if mark else ""


def remember(request: HttpRequest, response: HttpResponse, user: User, at: datetime) -> None:
    """Note that `user` signed in from this browser, and set its cookie.

    A browser new for somebody who has used another one is journalled, so that the owner is told.
    Call it within a transaction.
    """
    mark = _mark(request) or secrets.token_urlsafe(24)
    device, is_new = _seen(
        user=user.pk,
        mark=keyed_hash(mark, purpose="users.device"),
        browser=browser_of(request.headers.get("User-Agent", "")),
        network=network_of(client_address(request)),
        at=at,
    )
    if is_new:
        record(NewDeviceSeen(subject=user.ref, device=device), actor=Actor.of(user), at=at)
    response.set_cookie(
        cookie_name(),
        signing.dumps(mark, salt=SALT),
        max_age=AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _seen(**values: Any) -> tuple[UUID, bool]:
    """The device's ref, and whether it is new for somebody who has used another one."""
    with connection.cursor() as cursor:
        cursor.execute(SEE, {"ref": uuid4(), **values})
        ref, made, others = cursor.fetchone()
    return ref, made and others


def _mark(request: HttpRequest) -> str:
    try:
        mark = signing.loads(request.COOKIES.get(cookie_name(), ""), salt=SALT, max_age=AGE)
    except signing.BadSignature:
        return ""
    return mark if isinstance(mark, str) else ""
