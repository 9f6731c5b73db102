"""Where sessions are kept: Django's own table, read together with whose session it is.

Each request of a signed-in person begins with this read; asking for the session and then for
its log-in were two statements, and putting them together by the ORM took longer than the answer.
"""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.db import router
from django.utils import timezone

from brokerage.users.models import User

READ = """
SELECT session.session_data AS kept, owner.*
FROM django_session session
LEFT JOIN usersessions_usersession listed ON listed.session_key = session.session_key
LEFT JOIN users_user owner ON owner.id = listed.user_id
WHERE session.session_key = %s AND session.expire_date > %s
"""


class SessionStore(db.SessionStore):
    """Django's store; its name is part of what seals a session, and stays."""

    owner: User | None = None
    """The log-in that this session was listed for when it was read; see `users.middleware`."""

    def load(self) -> dict[str, Any]:
        """What the session holds; empty where it has ended or never was."""
        rows = User.objects.raw(READ, [self.session_key, timezone.now()])
        read = next(iter(rows.using(router.db_for_read(self.model))), None)
        if read is None:
            self._session_key = None
            return {}
        kept = read.__dict__.pop("kept")
        self.owner = read if read.pk else None
        found: dict[str, Any] = self.decode(kept)
        return found
