"""Retention: how long each kind of record is kept, and how it is disposed of afterwards.

Each app registers a policy for what it keeps; the terms are dated rules (`retention.…`), so a
regulator may change them. `brokerage.journal.retention` runs the policies every day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import PROTECT, Exists, OuterRef, QuerySet

from brokerage.core.registry import Registry
from brokerage.core.triggers import ignoring

Rows = QuerySet[Any]


def delete(rows: Rows) -> int:
    """Delete the rows; returns how many."""
    deleted: int = rows.delete()[1].get(rows.model._meta.label, 0)
    return deleted


def deleting(*triggers: str) -> Callable[[Rows], int]:
    """A way of disposal that deletes rows which triggers keep from everybody else.

    Args:
        triggers: as `ignoring` takes them, such as "products.Bid:bids_are_kept".
    """

    def dispose(rows: Rows) -> int:
        with ignoring(*triggers):
            return delete(rows)

    return dispose


def anonymise(**values: Any) -> Callable[[Rows], int]:
    """A way of disposal that keeps the row and overwrites what is personal in it.

    Args:
        values: what each column gets, such as `name=None`. `due` of the policy has to leave
            out rows that were overwritten.
    """

    def dispose(rows: Rows) -> int:
        return rows.update(**values)

    return dispose


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How one kind of record ends.

    Attributes:
        key: unique, such as "accounts.drafts".
        label: what is kept, translated lazily, for the page that lists the policies.
        rule: key of the dated rule that holds the term, such as "retention.drafts".
        due: from an instant to the rows whose keeping began before it (end of the
            relationship, day of the decision …). No distinct, no slices; each such row counts
            as due until it was disposed of.
        held_by: subject types whose legal holds keep such a row, each with the look-up from the
            row to the subject's ref: {"accounts.application": "application__ref"}.
        dispose: takes a query set of locked rows and returns how many it disposed of. Runs in
            one transaction per batch; what hangs on the rows goes in the same call.
    """

    key: str
    label: Any
    rule: str
    due: Callable[[datetime], Rows]
    held_by: Mapping[str, str]
    dispose: Callable[[Rows], int] = delete


def unneeded(rows: Rows, *, but_by: str = "") -> Rows:
    """Those of `rows` that no protecting foreign key points at.

    Args:
        but_by: app label whose own tables do not count, because `dispose` empties them first.
    """
    for relation in rows.model._meta.get_fields(include_hidden=True):
        if relation.concrete or getattr(relation, "on_delete", None) is not PROTECT:
            continue
        other = relation.related_model
        if other._meta.app_label != but_by:
            needing = other._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            rows = rows.filter(~Exists(needing))
    return rows


policies: Registry[Policy] = Registry("core.retention")


def register(policy: Policy) -> Policy:
    """Make a policy known; apps call it in apps.py."""
    return policies.register(policy.key, policy)
