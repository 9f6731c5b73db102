"""Queries whose SQL Django writes once in a process; each request gives the values alone.

Putting a query of many conditions together and writing its SQL takes Django longer than the
database takes to answer it. Where the conditions are the same for every request and only values
differ, `Given` stands for a value and `Written` keeps the SQL.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

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
    Model,
    Q,
    QuerySet,
    Value,
)
from django.db.transaction import TransactionManagementError

from brokerage.core.shapes import Shape

M = TypeVar("M", bound=Model)
PLACE = re.compile("(?<!%)%s")
SOME_KEY = 2**31 - 7
"""A key that stands for any, as a sample."""
SOME_DAY, LATER_DAY = date(1701, 3, 7), date(1701, 3, 11)
"""Days that stand for any."""
SOME_REF = UUID(int=7)
"""A ref that stands for any."""
SOME_INSTANT = datetime(1701, 3, 7, tzinfo=UTC)
"""An instant that stands for any."""


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


class Written(Generic[M]):
    """A query set and its SQL; it holds no rows and belongs to no thread.

    What differs from one request to the next is a `Given`, or a sample where the query set is
    made by code that knows plain values only. Values that change the SQL by their absence or
    number (None, a list in `__in`) can be neither.
    """

    def __init__(
        self, rows: QuerySet[M, Any] | Callable[..., QuerySet[M, Any]], **samples: Any
    ) -> None:
        """
        Args:
            rows: a query set, or what makes it when it is first asked, given the samples.
            samples: by name a value of the type that will be given, like no other in the query.
        """
        self._made, self._samples = rows, samples

    def load(self, **given: Any) -> list[Any]:
        """Ask for the rows.

        Args:
            given: what stands for each `Given` and each sample, by its name.

        Raises:
            TypeError: when one of them is missing.
            TransactionManagementError: where rows are locked outside of a transaction.
        """
        made = self._statement
        if missing := made.names - given.keys():
            raise TypeError(f"Give {sorted(missing)}, too.")
        if not made.sql:
            return []
        rows: Any = made.rows
        connection = connections[rows.db]  # one for each thread
        if rows.query.select_for_update and connection.get_autocommit():
            raise TransactionManagementError("A row is locked within a transaction only.")
        values = tuple(_like(value, given[name]) if name else value for name, value in made.values)
        if made.shape:
            return made.shape.read(connection, made.sql, values)
        rows, compiler = rows.all(), copy.copy(made.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *_args, **_options: (made.sql, values)
        rows.query.get_compiler = lambda *_args, **_options: compiler
        return list(rows)

    def first(self, **given: Any) -> M | None:
        """The first row, or None."""
        found = self.load(**given)
        return found[0] if found else None

    def get(self, **given: Any) -> M:
        """The row; raises the model's DoesNotExist where there is none."""
        found = self.first(**given)
        if found is None:
            raise self._statement.rows.model.DoesNotExist
        return found

    def inside(self, **columns: str) -> Inside:
        """The statement as a part of another one.

        Args:
            columns: of the other, by the name of the value that each stands for.

        Raises:
            TypeError: where its rows are no plain objects, or locked.
        """
        made = self._statement
        if made.shape is None or made.rows.query.select_for_update:
            raise TypeError("Only plain rows that are not locked may be a part of a statement.")
        texts = iter(PLACE.split(made.sql))
        sql, asked = next(texts), []
        for value, text in zip(made.values, texts, strict=True):
            column = columns.get(value[0])
            sql += (column or "%s") + text
            if column is None:
                asked.append(value)
        return Inside(sql, tuple(asked), made.shape)

    @cached_property
    def _statement(self) -> _Statement:
        rows: Any = self._made(**self._samples) if callable(self._made) else self._made
        compiler = rows.query.get_compiler(rows.db)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            sql, params = "", ()
        values = tuple((self._name_of(param), param) for param in params)
        names = frozenset(name for name, _param in values if name)
        if sql and (missing := self._samples.keys() - names):
            raise TypeError(f"The statement has no {sorted(missing)}.")
        shape = Shape.of(rows, compiler) if sql else None
        return _Statement(rows, compiler, sql, values, names, shape)

    def _name_of(self, param: Any) -> str:
        if isinstance(param, Given):
            return param.name
        for name, sample in self._samples.items():
            if isinstance(param, type(sample)) and param == sample:
                return name
        return ""


@dataclass(frozen=True)
class Inside:
    """A statement within another: its SQL, the parameters that are left, and what rows become."""

    sql: str
    values: tuple[tuple[str, Any], ...]
    shape: Shape

    def parameters(self, given: Mapping[str, Any]) -> list[Any]:
        """The parameters in their order."""
        return [_like(value, given[name]) if name else value for name, value in self.values]


@dataclass(frozen=True)
class _Statement:
    """What Django wrote: the SQL and its parameters, each with its name where it is given anew."""

    rows: Any
    compiler: Any
    sql: str
    values: tuple[tuple[str, Any], ...]
    names: frozenset[str]
    shape: Shape | None


def _like(sample: Any, value: Any) -> Any:
    """A value as the statement wants it: whole numbers say how wide they are."""
    whole = isinstance(value, int) and isinstance(sample, int)
    return type(sample)(value) if whole else value
