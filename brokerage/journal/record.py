"""Writing the journal: one call for the entry, its version and its deliveries.

The call is a function in the database (migration 0002), whose statements stay planned.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from psycopg.types.json import Jsonb

from brokerage.core import context
from brokerage.core.fields import EncryptedTextField
from brokerage.core.gathering import Gathering
from brokerage.core.logs import scrub
from brokerage.core.saving import Write, carry_out, written_with
from brokerage.journal.actors import Actor
from brokerage.journal.events import Event, plain
from brokerage.journal.models import Entry
from brokerage.journal.subscriptions import subscribers_of

CHANGED = "(changed)"
"""Stands for the value of an encrypted field in `before` and `after`: only its name is kept."""

# A telephone, identity or card number that stands alone; digits inside a ref or a hash do not.
PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])(?:(?:\+?86)?1[3-9]\d{9}|\d{17}[\dXx]|\d{16,19})(?![0-9A-Za-z])"
)

COLUMNS = (
    "ref",
    "kind",
    "subject_type",
    "subject_ref",
    "actor_kind",
    "actor_ref",
    "actor_name",
    "on_behalf_of",
    "reason",
    "rule_version",
    "request_id",
    "channel",
    "address",
    "at",
)
JSON = ("payload", "before", "after")
PLACES = ", ".join(f"_{name} => %s" for name in (*COLUMNS, *JSON, "subscribers"))
INSERT = f"SELECT * FROM journal_record({PLACES})"  # noqa: S608  # names of columns


Told = tuple[tuple[Event, Entry] | None, Sequence[Write]]
"""What happened with its entry, where something did, and the rows that changed."""


class NotInTransaction(RuntimeError):
    """An entry must commit or vanish together with the effect that it records."""


class PersonalDataRefused(ValueError):
    """A value that looks personal was about to enter the journal; the message names its field."""


def record(
    event: Event,
    *,
    actor: Actor,
    at: datetime,
    on_behalf_of: UUID | Actor | None = None,
    reason: str = "",
    rule_version: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    rows: Sequence[Write] = (),
) -> Entry:
    """Write what happened, with one delivery row for each subscriber, in the open transaction.

    The transaction holds a lock on the event's subject from here to its end: record the events
    of several objects in the order in which you locked the objects.

    Args:
        event: what happened.
        actor: who did it.
        at: when, by the application's clock (aware).
        on_behalf_of: for whom, where somebody acted for another person or institution.
        reason: why, in the actor's words; numbers that look personal are blanked out.
        rule_version: version of the rule that decided.
        before: changed fields with their old values; encrypted fields as CHANGED.
        after: the same fields with their new values.
        rows: what changed, written by the same statement; then the entry is not held back within
            `together`, and what was held back comes along.

    Raises:
        NotInTransaction: outside `transaction.atomic()`.
        PersonalDataRefused: when a value is personal data.
        NotPlain: when a value is none that the journal keeps.
    """
    behalf = on_behalf_of.ref if isinstance(on_behalf_of, Actor) else on_behalf_of
    entry = _entry(
        event,
        actor,
        at,
        on_behalf_of=behalf,
        reason=scrub(reason),
        rule_version=rule_version,
        before=_checked(event.subject_type, before),
        after=_checked(event.subject_type, after),
    )
    _gathering.add(((event, entry), rows), at_once=bool(rows))
    return entry


def write_along(*rows: Write) -> None:
    """Write rows of which no entry tells by itself, with what is held back of `together`."""
    _gathering.add((None, rows), at_once=True)


def together(*, with_rows: bool = False) -> AbstractContextManager[None]:
    """What is recorded within is written by one statement at its end, in its order.

    For an act of many entries whose objects the caller has locked: the locks on their subjects
    are taken at the end, and until then the entries have neither key nor version. Where the body
    raises nothing is written, as its transaction is given up; give up no savepoint within.

    Args:
        with_rows: hold back the rows that change, too, where nothing within reads them.
    """
    return _gathering.together(everything=with_rows)


def _entry(event: Event, actor: Actor, at: datetime, **further: Any) -> Entry:
    """What is going to be written."""
    if not connection.in_atomic_block:
        raise NotInTransaction("record() needs transaction.atomic() around effect and entry.")
    if at.tzinfo is None:
        raise ValueError("`at` must be aware.")
    origin = context.current()
    values: dict[str, Any] = {
        "ref": uuid.uuid4(),
        "kind": event.kind,
        "subject_type": event.subject_type,
        "subject_ref": event.subject,
        "actor_kind": actor.kind,
        "actor_ref": actor.ref,
        "actor_name": actor.name,
        "payload": _checked(event.subject_type, event.payload()),
        "request_id": origin.request_id,
        "channel": origin.channel,
        "address": origin.address,
        "at": at,
    }
    return Entry(**values, **further)


def _write(held: Sequence[Told]) -> None:
    told = [event for event, _rows in held if event]
    writes = [write for _event, rows in held for write in rows]
    if not told:
        carry_out(writes)
        return
    values: list[Any] = [value for write in writes for value in write.params]
    for event, entry in told:
        values += (getattr(entry, name) for name in COLUMNS)
        values += (_jsonb(getattr(entry, name)) for name in JSON)
        values.append(subscribers_of(event))
    with connection.cursor() as cursor:
        cursor.execute(written_with(_insert(len(told)), writes), values)
        found = cursor.fetchall()
    for (_event, entry), row in zip(told, found, strict=True):
        entry.pk, entry.version, entry.recorded_at = row[:3]
        entry._state.adding, entry._state.db = False, connection.alias
    for write, key in zip(writes, found[0][3:], strict=True):
        write.done(key)


_gathering = Gathering("told", _write)


@cache
def _insert(count: int) -> str:
    """One statement for so many entries; the branches are carried out one after the other."""
    return " UNION ALL ".join([INSERT] * count)


def _jsonb(value: object) -> Jsonb | None:
    return None if value is None else Jsonb(value)


def _checked(subject_type: str, values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Plain copies of `values`; refuses what is personal."""
    if values is None:
        return None
    found = {name: plain(value) for name, value in values.items()}
    for name, value in found.items():
        if value in (None, CHANGED):
            continue
        if _is_encrypted(subject_type, name):
            raise PersonalDataRefused(f"{subject_type}.{name} is encrypted: write CHANGED.")
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and PERSONAL.search(text):
                raise PersonalDataRefused(f"{subject_type}.{name} looks like personal data.")
    return found


@cache
def _is_encrypted(subject_type: str, field: str) -> bool:
    try:
        found = apps.get_model(subject_type)._meta.get_field(field)
    except (LookupError, ValueError, FieldDoesNotExist):
        return False
    return isinstance(found, EncryptedTextField)
