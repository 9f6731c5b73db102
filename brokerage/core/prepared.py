"""Query sets that each page asks: their SQL is put together once in a process.

Putting together the statement of one row with its customer took the ORM longer than the database
to answer it, and so did most of an opening's thousand queries. Only values change between two
requests; here they are put into the statement that stands.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable
from django.db.transaction import TransactionManagementError

M = TypeVar("M", bound=Model)
SOME_KEY = 2**31 - 7
"""A key that stands for any, as a sample."""


@dataclass(frozen=True)
class _Statement:
    """What a compiler made: its SQL, its parameters, and which of them carry which name."""

    model: type[Model]
    using: str
    locks: bool
    compiler: Any
    sql: str
    params: tuple[Any, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Rows:
    """As much of a query set as Django needs to make instances of its rows."""

    model: type[Model]
    db: str
    compiler: Any
    _known_related_objects: Any

    @property
    def query(self) -> _Rows:
        return self

    def get_compiler(self, using: str) -> Any:
        return self.compiler


class Prepared(Generic[M]):
    """Rows by values that are given anew each time.

    Not for values whose number or absence changes the statement: lists, or None.
    """

    def __init__(self, rows: Callable[..., QuerySet[M]], **samples: Any) -> None:
        """
        Args:
            rows: called once with the samples; returns a query set of whole instances.
            samples: by name a value of the type that will be given, which is like no other
                value of the statement.
        """
        self._rows, self._samples = rows, samples

    def all(self, **values: Any) -> list[M]:
        """The rows for these values; exactly the names of the samples."""
        if values.keys() != self._samples.keys():
            raise TypeError(f"Give exactly {sorted(self._samples)}.")
        made = self._statement
        compiler, connection = copy(made.compiler), connections[made.using]
        if made.locks and connection.get_autocommit():
            raise TransactionManagementError("A row is locked within a transaction only.")
        given = tuple(
            _like(param, values[name]) if name else param
            for name, param in zip(made.names, made.params, strict=True)
        )
        compiler.connection, compiler.as_sql = connection, lambda: (made.sql, given)
        rows: Any = _Rows(made.model, made.using, compiler, {})
        return list(ModelIterable(rows))

    def first(self, **values: Any) -> M | None:
        """The first row, or None."""
        found = self.all(**values)
        return found[0] if found else None

    def get(self, **values: Any) -> M:
        """The row; raises the model's DoesNotExist where there is none."""
        found = self.first(**values)
        if found is None:
            raise self._statement.model.DoesNotExist  # type: ignore[attr-defined]
        return found

    @cached_property
    def _statement(self) -> _Statement:
        rows = self._rows(**self._samples)
        query: Any = rows.query
        compiler = query.get_compiler(using=rows.db)
        sql, params = compiler.as_sql()
        names = tuple(self._name_of(param) for param in params)
        if missing := self._samples.keys() - set(names):
            raise TypeError(f"The statement has no {sorted(missing)}.")
        locks = query.select_for_update
        return _Statement(rows.model, rows.db, locks, compiler, sql, tuple(params), names)

    def _name_of(self, param: Any) -> str:
        for name, sample in self._samples.items():
            if isinstance(param, type(sample)) and param == sample:
                return name
        return ""


def _like(param: Any, value: Any) -> Any:
    """A value in the form in which the statement wants it: whole numbers say how wide they are."""
    return type(param)(value) if isinstance(value, int) else value
