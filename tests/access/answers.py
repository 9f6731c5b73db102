"""What an address answered, in one word of the table; and what it wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.db import connection, transaction

from tests.access.world import World

WAYS = {
    "/login/": "login",
    "/staff/login/": "staff-login",
    "/account/mfa/": "factor",
    "/account/confirm/": "prove",
    "/account/password/confirm/": "prove",
    "/account/mfa/confirm/": "prove",
}
CHANGING = re.compile(rb"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|csrfmiddlewaretoken[^>]*")
WRITTEN = (
    "select relname, n_tup_ins + n_tup_upd + n_tup_del from pg_stat_xact_user_tables "
    "where n_tup_ins + n_tup_upd + n_tup_del > 0"
)


def ask(world: World, persona: str, method: str, path: str, *, csrf: bool = False) -> Any:
    """One request without a body, as a fresh browser of `persona` sends it."""
    client = world.client(persona, csrf=csrf)
    return client.generic(method, path, content_type="application/x-www-form-urlencoded")


def word(answer: Any) -> str:
    """The answer as the table names it."""
    if answer.status_code not in (302, 303):
        return "ok" if answer.status_code == 200 else str(answer.status_code)
    return WAYS.get(urlsplit(answer.headers["Location"]).path, "on")


def bare(answer: Any) -> bytes:
    """The body without what differs between any two requests."""
    return CHANGING.sub(b"", answer.getvalue())


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def written() -> dict[str, int]:
    """Rows written to each table so far in this transaction, rolled back or not."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        return dict(cursor.fetchall())


def changed(before: dict[str, int]) -> set[str]:
    """The tables written to since `before`."""
    return {name for name, rows in written().items() if rows != before.get(name, 0)}
