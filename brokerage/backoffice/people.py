"""Who is signed in, and who stands behind a ref."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest

from brokerage.reference.signers import NAMES
from brokerage.users.models import User


def user_of(request: HttpRequest) -> User:
    """The signed-in user of a page that the site has guarded."""
    return cast(User, request.user)


def name_of(ref: UUID | None) -> str:
    """Who stands behind a ref: staff, or a signer without a log-in; else the ref itself."""
    user = User.objects.filter(ref=ref).only("display_name").first() if ref else None
    return (user and user.display_name) or str((ref and NAMES.get(ref)) or ref or "")


def with_name(rows: Any, column: str) -> Any:
    """`rows` with `person_name`: who stands behind the ref in `column`, in the same query."""
    behind = User.objects.filter(ref=OuterRef(column)).values("display_name")
    return rows.annotate(person_name=Subquery(behind[:1]))
