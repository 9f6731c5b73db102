"""Reads of the inbox."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Case, Q, When

from brokerage.core.data_export import Person
from brokerage.messaging.models import Message, Preference, Purpose
from brokerage.messaging.models.messages import MessageQuerySet
from brokerage.messaging.texts import words_of
from brokerage.users.models import User

PAGE = 20
UNREAD = """
SELECT count(*) FROM (
    SELECT FROM messaging_message WHERE user_id = {user} AND read_at IS NULL LIMIT {most}
) AS unread
"""
MOST = 99
"""So far unread messages are counted."""
KEPT = "_unread"
"""The attribute of a log-in that keeps how many it has not read."""


def inbox(user: User) -> MessageQuerySet:
    """All messages of a person with their texts, the newest instant first.

    Not by key: a message may be kept later than one of a later instant.
    """
    rows = Message.objects.filter(user=user).select_related("text")
    return rows.order_by("-created_at", "-id")


def page_of(user: User, *, before: UUID | None) -> tuple[list[Message], UUID | None]:
    """One page of the inbox and the ref to go on from; a foreign `before` starts anew."""
    rows = inbox(user)
    if before is not None:
        start = Message.objects.filter(user=user, ref=before).only("created_at").first()
        rows = rows.filter(_older_than(start)) if start is not None else rows
    found = list(rows[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].ref if len(found) > PAGE else None


def _older_than(start: Message) -> Q:
    """What stands below `start`; the first condition is the one that the index begins at."""
    at = start.created_at
    return Q(created_at__lte=at) & (Q(created_at__lt=at) | Q(pk__lt=start.pk))


def urgent(user: User) -> list[Message]:
    """Unread security messages, which stand above everything else."""
    return list(inbox(user).unread().filter(purpose=Purpose.SECURITY)[:5])


def unread_of(user: str) -> str:
    """The SQL that counts what `user`, a column or a place for a key, has not read."""
    return UNREAD.format(user=user, most=MOST)


def unread_count(user: User) -> int:
    """How many are unread, counted up to `MOST`.

    In SQL, because the frame of each page asks it.
    """
    with connection.cursor() as cursor:
        cursor.execute(unread_of("%s"), [user.pk])
        found: int = cursor.fetchone()[0]
    return found


def unread_now(user: User) -> int:
    """How many are unread, asked once for the object: menus and cards of a request share it.

    A request that only reads learned it with its session (`core.first.figures`).
    """
    known: int | None = getattr(user, KEPT, None)
    if known is None:
        known = unread_count(user)
        setattr(user, KEPT, known)
    return known


def newest_unread(user: User, *, most: int = MOST) -> Message | None:
    """The message to show on the home: security before everything else, then the newest.

    In the same query it learns how many are unread, for `unread_now`.
    """
    first = Case(When(purpose=Purpose.SECURITY, then=0), default=1)
    found = list(inbox(user).unread().order_by(first, "-created_at", "-id")[:most])
    setattr(user, KEPT, len(found))
    return found[0] if found else None


def export_messages(person: Person) -> list[dict[str, Any]]:
    """Every message, in its words, for the person's own copy."""
    if person.user is None:
        return []
    rows = Message.objects.filter(user__ref=person.user).select_related("text")
    return [
        {
            "at": message.created_at.isoformat(),
            "title": found.title,
            "text": found.body,
            "read_at": message.read_at.isoformat() if message.read_at else None,
        }
        for message in rows.order_by("created_at", "id")
        if (found := words_of(message, message.language))
    ]


def export_preferences(person: Person) -> list[dict[str, Any]]:
    """The chosen channels and quiet hours, where somebody chose."""
    rows = Preference.objects.filter(user__ref=person.user) if person.user else []
    return [
        {
            "service_sms": row.service_sms,
            "service_email": row.service_email,
            "marketing_sms": row.marketing_sms,
            "quiet_from": f"{row.quiet_from:%H:%M}",
            "quiet_to": f"{row.quiet_to:%H:%M}",
        }
        for row in rows
    ]
