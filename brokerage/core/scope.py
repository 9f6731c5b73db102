"""Which rows exist for this person. Lists, choices, search, files, exports, API: all start here.

A policy is a function (query set, user) → query set, registered for a model and a role. What has
no policy is invisible. Policies filter by subqueries rather than joins, so that no row is doubled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import Http404

from brokerage.core.roles import Role, roles_of

M = TypeVar("M", bound=Model)
Policy = Callable[[QuerySet[Any], Any], QuerySet[Any]]

_policies: dict[str, dict[Role, Policy]] = {}


def everything(rows: QuerySet[M], user: Any) -> QuerySet[M]:
    """The policy of those who may see every row."""
    return rows


def register(label: str, role: Role, policy: Policy) -> None:
    """Say which rows of a model exist for people in `role`; call it from an app's `ready()`.

    Args:
        label: the model, such as `accounts.Application`.
        role: who.
        policy: takes a query set and the user, returns the narrower query set.

    Raises:
        ValueError: when another policy stands there already.
    """
    known = _policies.setdefault(label.lower(), {})
    if known.setdefault(role, policy) is not policy:
        raise ValueError(f"{label} has a policy for {role} already.")


def register_readers(label: str, *roles: Role) -> None:
    """Let `roles` see every row of a model."""
    for role in roles:
        register(label, role, everything)


def policies(label: str) -> dict[Role, Policy]:
    """The policies of a model by role."""
    return dict(_policies.get(label.lower(), {}))


def labels() -> frozenset[str]:
    """The models that have any policy, in lower case."""
    return frozenset(_policies)


def visible(rows: QuerySet[M] | type[M], user: Any) -> QuerySet[M]:
    """The rows that exist for `user`: the union of what each of their roles may see.

    Args:
        rows: a model or a query set of it (not sliced).
        user: a log-in or the anonymous user.
    """
    start: QuerySet[M] = rows._default_manager.all() if isinstance(rows, type) else rows
    found = policies(start.model._meta.label)
    mine = [found[role] for role in sorted(roles_of(user)) if role in found]
    if not mine:
        return start.none()
    if everything in mine:
        return start
    if len(mine) == 1:
        return mine[0](start, user)
    return start.filter(_any_of(start.model, mine, user))


def visible_or_404(rows: QuerySet[M] | type[M], user: Any, **lookup: Any) -> M:
    """One visible row; a stranger's row and no row give the same 404.

    Raises:
        Http404: with a message that tells nothing about the row.
    """
    try:
        return visible(rows, user).get(**lookup)
    except (ObjectDoesNotExist, ValidationError, ValueError, TypeError):
        raise Http404 from None


def _any_of(model: type[Model], mine: Iterable[Policy], user: Any) -> Q:
    condition = Q()
    for policy in mine:
        condition |= Q(pk__in=policy(model._default_manager.all(), user).values("pk"))
    return condition
