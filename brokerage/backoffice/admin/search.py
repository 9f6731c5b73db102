"""Exact search by values that never stand in an address.

What somebody types goes by POST, is sealed for this person and this list, and only the token
travels in the address of the results. Personal values are compared by their keyed hash.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, Q, QuerySet

from brokerage.core.crypto import CannotOpen, accepted_hashes, seal, unseal

Lookup = Callable[[str], Q | None]
LONGEST = 100


def by_ref(term: str) -> Q | None:
    """Rows with this ref."""
    try:
        return Q(ref=UUID(term))
    except ValueError:
        return None


def by_hash(
    path: str, *, purpose: str, clean: Callable[[str], str | None] = lambda term: term
) -> Lookup:
    """Rows whose keyed hash at `path` is that of the term.

    Args:
        path: of the hash column, such as `user__phone_hash`.
        purpose: the purpose of the hash, as the model writes it.
        clean: brings a term into the stored form; None or ValueError when it has another.
    """

    def lookup(term: str) -> Q | None:
        try:
            value = clean(term)
        except ValueError:
            return None
        return Q(**{f"{path}__in": accepted_hashes(value, purpose=purpose)}) if value else None

    return lookup


def token_for(term: str, *, user: Any, label: str) -> str:
    """The term, sealed for this person and this list."""
    return seal(term[:LONGEST], context=_context(user, label))


def term_of(token: str, *, user: Any, label: str) -> str:
    """The term behind a token; empty for a foreign, altered or invented one."""
    try:
        return unseal(token, context=_context(user, label))
    except CannotOpen:
        return ""


def conditions(term: str, lookups: tuple[Lookup, ...]) -> list[Q]:
    """What each of the lookups that understand the term makes of it; empty when none does."""
    return [q for q in (lookup(term.strip()) for lookup in lookups) if q is not None]


class _AnyOf(Func):
    """value = any(array)"""

    arg_joiner = " = any("
    template = "%(expressions)s)"
    output_field = BooleanField()


def narrowed(rows: QuerySet[Any], found: list[Q]) -> QuerySet[Any]:
    """Rows that meet any of the conditions, of which there is at least one.

    Each is asked by itself, once and first, and its rows are then read by their keys. Said with
    one `or` over two tables no index helps; as a subquery the planner expects thousands of rows
    from it and reads the whole table in the order of the list.
    """
    if len(found) == 1:
        return rows.filter(found[0])
    everything = rows.model._base_manager.order_by()
    keys = (ArraySubquery(everything.filter(q).values("pk")) for q in found)
    return rows.filter(reduce(or_, (Q(_AnyOf(F("pk"), each)) for each in keys)))


def _context(user: Any, label: str) -> str:
    return f"backoffice.search:{label}:{user.ref}"
