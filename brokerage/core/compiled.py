"""A query that Django puts into words once and that is asked of many rows."""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.models import QuerySet


class OneRow:
    """The `values()` query of one row, whose key is given when it is asked.

    What the query holds beside the key is fixed: make a new one when the day or a rule changes.
    """

    def __init__(self, rows: QuerySet[Any, dict[str, Any]]) -> None:
        """Put the query into words.

        Args:
            rows: a queryset on which `values()` was called, without filter, order or limit.
        """
        self._using = rows.db
        query = rows.filter(pk=_ANY).order_by().query
        compiler = query.get_compiler(self._using)
        sql, params = compiler.as_sql()
        assert params[-1] == _ANY, "The key is the last of the parameters."
        self._sql, self._params = sql, tuple(params[:-1])
        self._names = [alias or column.target.name for column, _, alias in compiler.select]
        self._compiler = compiler
        self._converters = compiler.get_converters([column for column, *_ in compiler.select])

    def of(self, pk: int) -> dict[str, Any] | None:
        """The values of the row with the primary key `pk`, None where there is no such row."""
        with connections[self._using].cursor() as cursor:
            cursor.execute(self._sql, (*self._params, pk))
            row = cursor.fetchone()
        if row is None:
            return None
        (made,) = self._compiler.apply_converters([row], self._converters)
        return dict(zip(self._names, made, strict=True))


_ANY = -1
"""Stands for the key while the query is put into words."""
