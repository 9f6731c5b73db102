"""Changing the look-up key while the system runs: keyed hashes are made anew from opened values.

Every process finds rows by the hashes of each accepted key (`crypto.accepted_hashes`), so it does
not matter which one a row carries. Apps register the columns that are looked up; hashes that live
for minutes, or of values that are not kept, run out by themselves (docs/key-rotation.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction

from brokerage.core.registry import Registry
from brokerage.core.triggers import ignoring_all_of

BATCH = 200


@dataclass(frozen=True, kw_only=True)
class HashColumn:
    """A column of keyed hashes that rows are found by.

    Attributes:
        model: label such as "users.User".
        column: name of the hash.
        compute: from a row to its hash under the present key; None where its value is gone.
        source: the sealed column that it is made of, where rows older than the hash have none
            yet: they are filled. Empty where every row was written with its hash.
    """

    model: str
    column: str
    compute: Callable[[Any], str | None]
    source: str = ""

    @property
    def label(self) -> str:
        return f"{self.model}.{self.column}"

    def rows(self) -> models.QuerySet[Any]:
        """Rows with a hash, or with what it is made of, in the order of their keys."""
        found = apps.get_model(self.model)._base_manager.order_by("pk")
        if self.source:
            return found.filter(**{f"{self.source}__isnull": False})
        return found.exclude(**{self.column: None}).exclude(**{self.column: ""})


@dataclass
class Rehashed:
    """What a run did.

    Attributes:
        changed: hashes made anew.
        same: hashes that were under the present key already.
        gone: rows whose value is not kept any more; their hash stays as it is.
        held: rows that somebody held; run again.
        doubles: refs of rows whose value stands in another row under the present key.
    """

    changed: int = 0
    same: int = 0
    gone: int = 0
    held: int = 0
    doubles: list[str] = field(default_factory=list)


columns: Registry[HashColumn] = Registry("core.lookup_rotation")


def register(column: HashColumn) -> HashColumn:
    """Make a column known; apps call it in apps.py."""
    return columns.register(column.label, column)


def rehash(column: HashColumn, *, size: int = BATCH, write: bool = True) -> Rehashed:
    """Bring every hash of `column` under the present key; safe to stop and to start again.

    Each step is one short transaction that leaves out rows which somebody holds.

    Args:
        column: where.
        size: rows a step.
        write: False only counts.
    """
    done = Rehashed()
    for keys in _batches(column, size):
        # a new hash is no new fact, so tables that only grow let it pass
        with ignoring_all_of(apps.get_model(column.model)), transaction.atomic():
            rows = column.rows().filter(pk__in=keys)
            found = list(rows.select_for_update(skip_locked=True, of=("self",), no_key=True))
            done.held += len(keys) - len(found)
            for row in found:
                _rehash_row(column, row, done, write)
    return done


def _rehash_row(column: HashColumn, row: Any, done: Rehashed, write: bool) -> None:
    fresh = column.compute(row)
    if fresh is None:
        done.gone += 1
    elif fresh == getattr(row, column.column):
        done.same += 1
    elif not write:
        done.changed += 1
    else:
        try:
            with transaction.atomic():
                column.rows().filter(pk=row.pk).update(**{column.column: fresh})
            done.changed += 1
        except IntegrityError:  # one value came in twice while keys changed: people decide
            done.doubles.append(str(row.ref))


def _batches(column: HashColumn, size: int) -> Iterator[list[Any]]:
    after: Any = None
    while True:
        rows = column.rows() if after is None else column.rows().filter(pk__gt=after)
        keys = list(rows.values_list("pk", flat=True)[:size])
        if not keys:
            return
        yield keys
        after = keys[-1]
