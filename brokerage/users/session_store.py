"""Where sessions are kept: Django's own table, read together with whose session it is.

Each request of a signed-in person begins with this read; asking for the session and then for
its log-in were two statements, and putting them together by the ORM took longer than the answer.
A key is tried by inserting it, and changed in its row, as each log-in does.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.db import connections, router
from django.utils import timezone
from django.utils.crypto import get_random_string

from brokerage.core.shapes import Shape
from brokerage.users.models import User

READ = """
SELECT {columns}, session.session_data
FROM django_session session
LEFT JOIN usersessions_usersession listed ON listed.session_key = session.session_key
LEFT JOIN users_user owner ON owner.id = listed.user_id
WHERE session.session_key = %s AND session.expire_date > %s
"""
CHANGE_KEY = "UPDATE django_session SET session_key = %s WHERE session_key = %s"


@cache
def _statement() -> tuple[str, Shape]:
    columns = ", ".join(f"owner.{field.column}" for field in User._meta.concrete_fields)
    return READ.format(columns=columns), Shape.whole(User, "kept")


class SessionStore(db.SessionStore):
    """Django's store; its name is part of what seals a session, and stays."""

    owner: User | None = None
    """The log-in that this session was listed for when it was read; see `users.middleware`."""

    def load(self) -> dict[str, Any]:
        """What the session holds; empty where it has ended or never was."""
        sql, shape = _statement()
        given = (self.session_key, timezone.now())
        rows = shape.read(connections[router.db_for_read(self.model)], sql, given)
        if not rows:
            self._session_key = None
            return {}
        read = rows[0]
        kept = read.__dict__.pop("kept")
        self.owner = read if read.pk else None
        found: dict[str, Any] = self.decode(kept)
        return found

    def cycle_key(self) -> None:
        """Give the session a new key; the old one opens nothing any more."""
        before = self.session_key
        after = self._get_new_session_key()
        self.keys()  # reads it under its old key where nobody asked for it yet
        if before and self.session_key and self._moved(before, after):
            self._session_key = after
            self.modified = True
        else:
            super().cycle_key()

    def _moved(self, before: str, after: str) -> bool:
        """Whether the session still stood under `before`; now it stands under `after`."""
        with connections[router.db_for_write(self.model)].cursor() as cursor:
            cursor.execute(CHANGE_KEY, [after, before])
            return bool(cursor.rowcount)

    def _get_new_session_key(self) -> str:
        """Without looking whether it is free: `create` inserts it, and takes another if not."""
        return get_random_string(32, VALID_KEY_CHARS)
