"""Exact search by values that never stand in an address.

What somebody types goes by POST, is sealed for this person and this list, and only the token
travels in the address of the results. Personal values are compared by their keyed hash.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Q

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


def condition(term: str, lookups: tuple[Lookup, ...]) -> Q | None:
    """What the lookups make of the term together; None when none understands it."""
    found = [q for q in (lookup(term.strip()) for lookup in lookups) if q is not None]
    if not found:
        return None
    result = Q()
    for q in found:
        result |= q
    return result


def _context(user: Any, label: str) -> str:
    return f"backoffice.search:{label}:{user.ref}"
