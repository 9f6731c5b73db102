"""Where sessions are kept: Django's own table, read with one plain statement.

Each request of a signed-in person begins with this read; putting it together by the ORM took
longer than its answer.
"""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connections, router
from django.utils import timezone

READ = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """Django's store; its name is part of what seals a session, and stays."""

    def load(self) -> dict[str, Any]:
        """What the session holds; empty where it has ended or never was."""
        key = self.session_key
        with connections[router.db_for_read(self.model)].cursor() as cursor:
            cursor.execute(READ, [key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        found: dict[str, Any] = self.decode(row[0])
        return found
