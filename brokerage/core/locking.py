"""A row as it stands now, locked until the transaction ends."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from django.db.models import Model

from brokerage.core.written import SOME_KEY, Written

M = TypeVar("M", bound=Model)


def lock_row(model: type[M], pk: int, *related: str) -> M:
    """Read a row anew and lock it, and no other; the statement is written once for the model.

    Args:
        model: of the row.
        pk: its key.
        related: paths that come along, not locked, as `select_related` takes them.

    Raises:
        DoesNotExist: of the model, where there is none.
        TransactionManagementError: outside of a transaction.
    """
    found: M = _statement(model, related).get(pk=pk)
    return found


@cache
def _statement(model: Any, related: tuple[str, ...]) -> Written[Any]:
    def row(pk: int) -> Any:
        rows = model.objects.filter(pk=pk).select_for_update(of=("self",))
        return rows.select_related(*related) if related else rows

    return Written(row, pk=SOME_KEY)
