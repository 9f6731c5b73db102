"""Whose files somebody may see: the owning apps answer, purpose by purpose."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from brokerage.core import scope
from brokerage.core.roles import Role
from brokerage.files.models import StoredFile
from brokerage.files.purposes import purposes


def visible_files(rows: QuerySet[StoredFile], user: Any) -> QuerySet[StoredFile]:
    """The scope policy of files, the same for every role."""
    found = Q(pk__in=())
    for purpose in purposes:
        found |= Q(
            purpose=purpose.key,
            owner_type=purpose.owner_type,
            owner_ref__in=purpose.owners(user),
        )
    return rows.filter(found)


def openable(user: Any, refs: Collection[UUID]) -> set[UUID]:
    """Which of the files `refs` this person may open now: theirs to see, and checked."""
    if not refs:
        return set()
    rows = scope.visible(StoredFile, user).filter(ref__in=refs)
    return {row.ref for row in rows if row.shown() is not None}


def register_policies() -> None:
    """Called when the app is ready."""
    for role in Role:
        scope.register("files.StoredFile", role, visible_files)
