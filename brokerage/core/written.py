"""Queries whose SQL Django writes once in a process; each request gives the values alone.

Putting a query of many conditions together and writing its SQL takes Django longer than the
database takes to answer it. Where the conditions are the same for every request and only values
differ, `Given` stands for a value and `Written` keeps the SQL.
"""

from __future__ import annotations

import copy
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Expression,
    F,
    Field,
    Func,
    Q,
    QuerySet,
    Value,
)


class Given(Expression):
    """A value that is named now and given whenever the query is asked."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """A place for the value, with its type, because an empty list has none of its own."""
        return f"%s::{self.output_field.cast_db_type(connection)}", [self]


def any_of(column: str, values: Any, of: Field[Any, Any] | None = None) -> Any:
    """A condition: the column has one of the values, which are one parameter however many.

    A thousand keys in Django's `__in` are a thousand parameters, each written and read again.

    Args:
        column: a column or a path to one.
        values: some, or a `Given` list of them.
        of: the field of one value; keys where nothing is said.
    """
    if not values:
        return Q(**{f"{column}__in": ()})  # known to be empty before the database is asked
    if not isinstance(values, Given):
        values = Value(list(values), output_field=ArrayField(of or BigIntegerField()))
    return Func(
        F(column),
        values,
        template="%(expressions)s)",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )


class Written:
    """A query set with `Given` values and its SQL; it holds no rows and belongs to no thread."""

    def __init__(self, rows: QuerySet[Any, Any]) -> None:
        self._rows = rows
        self._compiler: Any = rows.query.get_compiler(rows.db)
        self._sql: str
        self._values: tuple[Any, ...]
        try:
            self._sql, self._values = self._compiler.as_sql()
        except EmptyResultSet:
            self._sql, self._values = "", ()

    def load(self, **given: Any) -> list[Any]:
        """Ask for the rows.

        Args:
            given: what stands for each `Given`, by its name.
        """
        if not self._sql:
            return []
        values = tuple(
            given[each.name] if isinstance(each, Given) else each for each in self._values
        )
        rows: Any = self._rows.all()
        compiler = copy.copy(self._compiler)
        compiler.connection = connections[rows.db]  # one for each thread
        compiler.as_sql = lambda *_args, **_options: (self._sql, values)
        rows.query.get_compiler = lambda *_args, **_options: compiler
        return list(rows)
