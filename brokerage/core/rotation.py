"""Sealing stored values anew with the current key, while the system runs.

Every encrypted field is found by itself. A token that stands elsewhere (inside JSON, say) needs a
`Place` of its own, registered in `places`.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Cast

from brokerage.core.crypto import CannotOpen, seal_bytes, unseal_bytes
from brokerage.core.fields import EncryptedTextField
from brokerage.core.registry import Registry
from brokerage.core.triggers import ignoring_all_of

BATCH = 200
PASSES = 5


class Place(Protocol):
    """Somewhere that tokens stand."""

    @property
    def label(self) -> str: ...

    def keys(self) -> Counter[str]:
        """How many tokens each key has sealed."""
        ...

    def reseal(self, *, after: Any, size: int) -> Batch:
        """Seal up to `size` tokens behind `after` anew, without waiting for locked rows."""
        ...


@dataclass
class Batch:
    """What one step did.

    Attributes:
        last: where the next step goes on; None at the end.
        sealed: how many tokens were sealed anew.
        broken: public refs of rows whose token does not open.
    """

    last: Any = None
    sealed: int = 0
    broken: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Column:
    """One encrypted field of one model."""

    field: EncryptedTextField

    @property
    def label(self) -> str:
        return f"{self.field.model._meta.label}.{self.field.name}"

    def keys(self) -> Counter[str]:
        name = Func(
            F("_token"), Value(":"), Value(1), function="split_part", output_field=TextField()
        )
        rows = self._rows().values(_key=name).annotate(_count=models.Count("*"))
        return Counter(dict(rows.values_list("_key", "_count")))

    def reseal(self, *, after: Any, size: int = BATCH) -> Batch:
        rows = self._rows().exclude(_token__startswith=f"{settings.KEYS.current}:")
        if after is not None:
            rows = rows.filter(pk__gt=after)
        # a new seal is no new fact, so tables that only grow let it pass
        with ignoring_all_of(self.field.model), transaction.atomic():
            # Rows that somebody holds are left for the next pass, so we never wait and no writer
            # can end in a deadlock with us; the rows that we hold cannot change below us.
            found = list(
                rows.select_for_update(skip_locked=True, of=("self",), no_key=True)
                .order_by("pk")
                .values_list("pk", "ref", "_token")[:size]
            )
            batch = Batch(last=found[-1][0] if len(found) == size else None)
            fresh = list(self._sealed_anew(found, batch))
            self._write(fresh)
        batch.sealed = len(fresh)
        return batch

    def _rows(self) -> models.QuerySet[Any]:
        named = self.field.model._base_manager.annotate(_token=Cast(self.field.name, TextField()))
        return named.filter(_token__gt="").order_by()

    def _sealed_anew(
        self, rows: list[tuple[Any, Any, str]], batch: Batch
    ) -> Iterator[tuple[Any, str]]:
        for pk, ref, token in rows:
            context = self.field.context_of(ref)
            try:
                yield pk, seal_bytes(unseal_bytes(token, context=context), context=context)
            except CannotOpen:
                batch.broken.append(str(ref))

    def _write(self, fresh: list[tuple[Any, str]]) -> None:
        meta, quote = self.field.model._meta, connection.ops.quote_name
        assert meta.pk is not None
        table, token = quote(meta.db_table), quote(str(self.field.column))
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET {token} = fresh.token"  # noqa: S608 - names of our own
                f" FROM unnest(%s::{meta.pk.rel_db_type(connection)}[], %s::text[])"
                f" AS fresh (pk, token) WHERE {table}.{quote(str(meta.pk.column))} = fresh.pk",
                [[pk for pk, _token in fresh], [token for _pk, token in fresh]],
            )


places: Registry[Place] = Registry("core.rotation.places")


def all_places() -> list[Place]:
    """Every encrypted field of every model with a table, then what apps have registered."""
    columns = [
        Column(field)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]
    return sorted([*columns, *places], key=lambda place: place.label)


def outdated(place: Place) -> Counter[str]:
    """How many tokens of `place` another key than the current one has sealed, by key."""
    found = place.keys()
    del found[settings.KEYS.current]
    return found


def rotate(
    place: Place,
    *,
    size: int = BATCH,
    pause: float = 1.0,
    progress: Callable[[Batch], object] = lambda batch: None,
) -> Batch:
    """Seal everything in `place` anew; safe to stop at any time and to start again.

    Args:
        place: where.
        size: tokens a step (one short transaction each).
        pause: seconds before going again over rows that somebody held.
        progress: called after each step.

    Returns:
        The sum of all steps.
    """
    total, broken = 0, set[str]()
    for passed in range(PASSES):
        if passed:
            time.sleep(pause)
        after = None
        while True:
            batch = place.reseal(after=after, size=size)
            total += batch.sealed
            broken.update(batch.broken)
            progress(batch)
            if batch.last is None:
                break
            after = batch.last
        if sum(outdated(place).values()) <= len(broken):
            break
    return Batch(sealed=total, broken=sorted(broken))
