"""Where sessions are kept: Django's own table, read together with whose session it is.

Each request of a signed-in person begins with this read; asking for the session and then for
its log-in were two statements, and putting them together by the ORM took longer than the answer.
What the view needs first comes along as well (`core.first`).
A key is tried by inserting it, and changed in its row together with what the session holds, as
each log-in does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, CreateError, UpdateError
from django.db import connections, router
from django.utils import timezone
from django.utils.crypto import get_random_string

from brokerage.core import first
from brokerage.core.shapes import Shape
from brokerage.core.written import Inside, Written
from brokerage.users.models import User

READ = """
SELECT {columns}, session.session_data{further}
FROM django_session session
LEFT JOIN usersessions_usersession listed ON listed.session_key = session.session_key
LEFT JOIN users_user me ON me.id = listed.user_id
{join}
WHERE session.session_key = %s AND session.expire_date > %s
"""
ALONG = "LEFT JOIN LATERAL ({sql}) along ON true"
# One statement each, without a transaction of its own around it.
CREATE = """
INSERT INTO django_session (session_key, session_data, expire_date) VALUES (%s, %s, %s)
ON CONFLICT (session_key) DO NOTHING
"""
CHANGE = """
UPDATE django_session SET session_key = %s, session_data = %s, expire_date = %s
WHERE session_key = %s
"""


@dataclass(frozen=True)
class _Statement:
    """Reads a session, its log-in and perhaps a row that the log-in has."""

    sql: str
    owner: Shape
    width: int
    """Of the columns that are the session's and the log-in's."""
    along: Inside | None


@cache
def _statement(rows: Written[Any] | None, only_reads: bool) -> _Statement:
    fields = User._meta.concrete_fields
    figures = dict(first.figures.items()) if only_reads else {}
    along = rows.inside(user="me.id") if rows else None
    sql = READ.format(
        columns=", ".join(f"me.{field.column}" for field in fields),
        further="".join(f", ({figure})" for figure in figures.values())
        + (", along.*" if along else ""),
        join=ALONG.format(sql=along.sql) if along else "",
    )
    owner = Shape.whole(User, "kept", *figures)
    return _Statement(sql, owner, len(fields) + 1 + len(figures), along)


class SessionStore(db.SessionStore):
    """Django's store; its name is part of what seals a session, and stays."""

    owner: User | None = None
    """The log-in that this session was listed for when it was read; see `users.middleware`."""

    replaced: str | None = None
    """The key under which it stands until it is saved under its new one."""
    need: first.Need | None = None
    only_reads = False

    def begin(self, need: first.Need | None, *, only_reads: bool = False) -> None:
        """A view begins, and what it needs first is to be read with the session.

        Not where that was read before: then what came along for another view is dropped, because
        it may have changed since.

        Args:
            need: a row of who asks.
            only_reads: whether the figures of `first.figures` stay as they are in this request.
        """
        self.need, self.only_reads = need, only_reads
        if self.owner is not None:
            first.forget(self.owner)

    def load(self) -> dict[str, Any]:
        """What the session holds; empty where it has ended or never was."""
        row = self._row()
        if row is None:
            self._session_key = None
            return {}
        kept = row.__dict__.pop("kept")
        self.owner = row if row.pk else None
        found: dict[str, Any] = self.decode(kept)
        return found

    def _row(self) -> User | None:
        """The log-in, which may be nobody's, with what the session keeps and what comes along."""
        need = self.need
        made = _statement(need.rows if need else None, self.only_reads)
        values = made.along.parameters(need.given) if made.along and need else []
        connection = connections[router.db_for_read(self.model)]
        with connection.cursor() as cursor:
            cursor.execute(made.sql, [*values, self.session_key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            return None
        owner: User = made.owner.made_of(connection, list(row[: made.width]))
        if made.along and need:
            shape, rest = made.along.shape, list(row[made.width :])
            first.came(owner, need, shape.made_of(connection, rest) if shape.is_in(rest) else None)
        return owner

    def cycle_key(self) -> None:
        """Give the session a new key, under which it is saved; the old one opens nothing then."""
        self.keys()  # reads it under its old key where nobody asked for it yet
        if not self.session_key:
            super().cycle_key()
            return
        self.replaced = self.replaced or self.session_key
        self._session_key = self._get_new_session_key()
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        """As Django does; under a new key in the row of the old one, else in a row of its own.

        Raises:
            CreateError: when a row must be made and there is one with this key.
            UpdateError: when the session was ended meanwhile.
        """
        if self.session_key is None:
            self.create()
            return
        before, self.replaced = self.replaced, None
        held = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # not in stubs
        row = self.create_model_instance(held)
        written = (row.session_key, row.session_data, row.expire_date)
        if not must_create and self._write(CHANGE, *written, before or row.session_key):
            return
        if not must_create and not before:
            raise UpdateError
        if not self._write(CREATE, *written):
            raise CreateError

    def delete(self, session_key: str | None = None) -> None:
        """As Django does; one that was not saved under its new key yet stands under the old."""
        if session_key is None and self.replaced:
            session_key, self.replaced = self.replaced, None
        super().delete(session_key)

    def _write(self, sql: str, *values: Any) -> bool:
        """Whether a row was written."""
        with connections[router.db_for_write(self.model)].cursor() as cursor:
            cursor.execute(sql, values)
            return bool(cursor.rowcount)

    def _get_new_session_key(self) -> str:
        """Without looking whether it is free: `create` inserts it, and takes another if not."""
        return get_random_string(32, VALID_KEY_CHARS)
