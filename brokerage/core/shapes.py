"""What the rows of a statement become: Django's own steps, looked up once for the statement.

For each query Django asks every column anew how its value is converted and to which object it
belongs; for a row of forty columns that takes longer than making the object.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from django.db.models import Model
from django.db.models.query import ModelIterable, get_related_populators


@dataclass(frozen=True)
class Shape:
    """Objects of one model, with those that come along by `select_related`, and annotations."""

    model: Any
    database: str
    columns: slice
    names: tuple[str, ...]
    """The attributes that `columns` fill."""
    converters: tuple[tuple[int, Sequence[Any], Any], ...]
    """Position of a value, what converts it, and the expression that it comes from."""
    related: Sequence[Any]
    annotations: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, rows: Any, compiler: Any) -> Self | None:
        """The shape of a query set, or None where its rows are no plain objects of a model.

        Args:
            rows: a query set.
            compiler: of its query, which has written the SQL.
        """
        plain = rows._iterable_class is ModelIterable
        if not plain or rows._prefetch_related_lookups or rows._known_related_objects:
            return None
        select, made = compiler.select, compiler.klass_info
        populators_of: Any = get_related_populators  # the stubs know another release of Django
        fields = made["select_fields"]
        columns = slice(fields[0], fields[-1] + 1)
        found = compiler.get_converters([each[0] for each in select])
        return cls(
            model=made["model"],
            database=rows.db,
            columns=columns,
            names=tuple(each[0].target.attname for each in select[columns]),
            converters=tuple((at, *how) for at, how in found.items()),
            related=populators_of(made, select, rows.db),
            annotations=tuple((compiler.annotation_col_map or {}).items()),
        )

    @classmethod
    def whole(cls, model: type[Model], *further: str) -> Self:
        """The shape of a model's every column, in its order, and of named values behind them."""
        rows = model._base_manager.all()
        compiler: Any = rows.query.get_compiler(rows.db)
        compiler.as_sql()
        found = cls.of(rows, compiler)
        assert found is not None
        first = len(found.names)
        return replace(
            found, annotations=tuple((name, first + at) for at, name in enumerate(further))
        )

    def is_in(self, row: Sequence[Any]) -> bool:
        """Whether an outer join found the object: then it has a key."""
        key: int = self.columns.start + self.names.index(self.model._meta.pk.attname)
        return row[key] is not None

    def read(self, connection: Any, sql: str, values: Sequence[Any]) -> list[Any]:
        """Ask, and make the objects.

        Args:
            connection: Django's, of this thread.
            sql: the statement, with a place for each of `values`.
        """
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return [self.made_of(connection, list(row)) for row in cursor.fetchall()]

    def made_of(self, connection: Any, row: list[Any]) -> Any:
        """The object of a row, whose values are converted in place."""
        for at, converters, expression in self.converters:
            value = row[at]
            for convert in converters:
                value = convert(value, expression, connection)
            row[at] = value
        made = self.model.from_db(self.database, self.names, row[self.columns])
        for populator in self.related:
            populator.populate(row, made)
        for name, at in self.annotations:
            setattr(made, name, row[at])
        return made
