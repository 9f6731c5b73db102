"""Roles, and which action each may take: the groups of the log-in and their permissions.

A role says what a person may *do*; `scope` says on which rows. Apps add their lines of the
role × action table with `allow`; `docs/roles.md` shows the whole table and a test compares them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission
from django.db import models
from django.utils.translation import gettext_lazy as _

from brokerage.core.after_migrate import has_table
from brokerage.core.registry import Registry


class Role(models.TextChoices):
    """Every part somebody can play; a staff role is a group of the same name."""

    CUSTOMER = "customer", _("Customer")
    BRANCH_MANAGER = "branch_manager", _("Branch manager")
    OPENING_OFFICER = "opening_officer", _("Opening officer")
    REVIEWER = "reviewer", _("Reviewer")
    ADVISER = "adviser", _("Adviser")
    CALL_CENTRE = "call_centre", _("Call centre")
    OPERATIONS = "operations", _("Operations")
    HEAD_OFFICE = "head_office", _("Head office")
    COMPLIANCE = "compliance", _("Compliance")
    AUDITOR = "auditor", _("Auditor")
    PARTNER_MANAGER = "partner_manager", _("Partner manager")
    PARTNER_OPERATOR = "partner_operator", _("Partner operator")
    ADMINISTRATOR = "administrator", _("Technical administrator")


OUTSIDE = frozenset({Role.CUSTOMER, Role.PARTNER_OPERATOR})
STAFF = frozenset(Role) - OUTSIDE
READERS = frozenset({Role.COMPLIANCE, Role.AUDITOR})
"""Roles that read everything and change no business record."""

type_of_log_in = {"customer": Role.CUSTOMER, "partner": Role.PARTNER_OPERATOR}

Limit = Callable[[Any, frozenset[Role]], frozenset[Role]]
limits: Registry[Limit] = Registry("roles.limits")
"""Functions (user, roles) → the roles among them that are in force now; dates live above core."""

_table: dict[Role, set[str]] = defaultdict(set)


def allow(role: Role, *permissions: str) -> None:
    """Add a line to the role × action table; call it from an app's `ready()`.

    Args:
        role: who.
        permissions: names such as `accounts.decide_application`.
    """
    _table[role].update(permissions)


def table() -> dict[Role, frozenset[str]]:
    """The role × action table as the apps declared it."""
    return {role: frozenset(_table[role]) for role in Role}


def roles_of(user: Any) -> frozenset[Role]:
    """The roles that `user` plays now; empty for a stranger or a closed log-in.

    Staff have the roles of their groups, less those that have ended. The answer is kept on the
    object, thus for one request; `forget` clears it.
    """
    if not user.is_active:  # nor is the anonymous user
        return frozenset()
    known: frozenset[Role] | None = getattr(user, "_roles", None)
    if known is None:
        known = user._roles = _find_roles(user)
    return known


def _find_roles(user: Any) -> frozenset[Role]:
    if outside := type_of_log_in.get(user.kind):
        return frozenset({outside})
    if user.is_superuser:
        return frozenset({Role.ADMINISTRATOR})
    names = user.groups.filter(name__in=STAFF).values_list("name", flat=True)
    found = frozenset(Role(name) for name in names)
    for limit in limits:
        found &= limit(user, found)
    return found


def may(user: Any, *permissions: str) -> bool:
    """Whether a role in force gives `user` one of these permissions.

    Unlike `user.has_perm` this knows no superuser: a technical administrator has the actions of
    that role and no others.
    """
    roles = roles_of(user)
    if not roles:
        return False
    held: frozenset[str] | None = getattr(user, "_role_permissions", None)
    if held is None:
        rows = Permission.objects.filter(group__name__in=roles)
        pairs = rows.values_list("content_type__app_label", "codename")
        held = frozenset(f"{app}.{codename}" for app, codename in pairs)
        user._role_permissions = held
    return not held.isdisjoint(permissions)


def forget(user: Any) -> None:
    """Look again at the next question: roles were given or taken on this object."""
    for name in ("_roles", "_role_units", "_role_permissions", "_perm_cache", "_group_perm_cache"):
        if hasattr(user, name):
            delattr(user, name)


def sync_roles(app_labels: Iterable[str] | None = None, *, strict: bool = True) -> None:
    """Give each role's group exactly the permissions of the table. Doing it twice is harmless.

    Args:
        app_labels: only permissions of these apps; all by default.
        strict: whether a permission that does not exist is an error.

    Raises:
        LookupError: when the table names a permission that does not exist.
    """
    wanted = {name for permissions in _table.values() for name in permissions}
    labels = set(app_labels) if app_labels is not None else None
    rows = Permission.objects.select_related("content_type")
    if labels is not None:
        rows = rows.filter(content_type__app_label__in=labels)
        wanted = {name for name in wanted if name.partition(".")[0] in labels}
    known = {f"{row.content_type.app_label}.{row.codename}": row for row in rows}
    if strict and (unknown := wanted - known.keys()):
        raise LookupError(f"No such permission: {', '.join(sorted(unknown))}.")
    for role in STAFF:
        group, _made = Group.objects.get_or_create(name=role.value)
        has = {row.pk for row in group.permissions.all()} & {row.pk for row in known.values()}
        should = {known[name].pk for name in _table[role] & known.keys()}
        group.permissions.remove(*has - should)
        group.permissions.add(*should - has)


def sync_after_migrate(sender: AppConfig, **kwargs: Any) -> None:
    """Keep groups and table equal after each migration of an app (and after each test's flush).

    Not strict: in the middle of an upgrade some permissions do not exist yet.
    """
    if not has_table(kwargs, "auth", "permission"):
        return
    named = {name.partition(".")[0] for permissions in _table.values() for name in permissions}
    if sender.label in named | {"core"}:
        sync_roles({sender.label}, strict=False)
