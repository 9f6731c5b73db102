"""How a row is saved: with a statement that Django's compiler would write, kept for its columns.

For each save Django puts the same INSERT or UPDATE together anew, which takes longer than sending
it. Whatever is not plain (expressions, defaults of the database, columns that it gives back) goes
the usual way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models, router

Fields = tuple[Any, ...]


class KeptStatements(models.Model):
    """Saves with statements that stand."""

    class Meta:
        abstract = True

    def _do_update(  # type: ignore[override]  # the stubs know another release of Django
        self,
        base_qs: Any,
        using: str,
        pk_val: Any,
        values: Sequence[tuple[models.Field[Any, Any], None, Any]],
        update_fields: Any,
        forced_update: Any,
    ) -> bool:
        fields, given = tuple(each[0] for each in values), [each[2] for each in values]
        if not fields or self._meta.select_on_save or not _are_plain(given):
            usual: Any = super()  # the stubs know another release of Django
            updated: bool = usual._do_update(
                base_qs, using, pk_val, values, update_fields, forced_update
            )
            return updated
        connection = connections[using]
        key = base_qs.model._meta.pk
        params = _prepared(connection, (*fields, key), (*given, pk_val))
        with connection.cursor() as cursor:
            cursor.execute(_update(base_qs.model, fields, using), params)
            return cursor.rowcount > 0

    def _do_insert(
        self, manager: Any, using: str, fields: Any, returning_fields: Any, raw: bool
    ) -> list[Any]:
        fields = tuple(fields)
        given = [getattr(self, f.attname) if raw else f.pre_save(self, True) for f in fields]
        back = list(returning_fields)
        if not fields or back != [manager.model._meta.pk] or not _are_plain(given):
            usual: Any = super()
            returned: list[Any] = usual._do_insert(manager, using, fields, returning_fields, raw)
            return returned
        connection = connections[using]
        with connection.cursor() as cursor:
            cursor.execute(
                _insert(manager.model, fields, using), _prepared(connection, fields, given)
            )
            return [cursor.fetchone()]


def save_where(row: KeptStatements, *names: str, **still: Any) -> bool:
    """Save columns of a row that still is as it was known: look and write in one statement.

    Args:
        row: with its new values, plain ones.
        names: the fields that are saved.
        still: by the name of a field, what it must hold in the database; never None.

    Returns:
        Whether there was such a row; else nothing was written.
    """
    using = router.db_for_write(type(row), instance=row)
    connection, model = connections[using], type(row)
    fields, known = (tuple(_field(model, each) for each in some) for some in (names, still))
    given = [each.pre_save(row, False) for each in fields]
    params = _prepared(
        connection, (*fields, row._meta.pk, *known), (*given, row.pk, *still.values())
    )
    with connection.cursor() as cursor:
        cursor.execute(_update(model, fields, using, known), params)
        return cursor.rowcount > 0


def insert_once(row: KeptStatements, *unique: str) -> bool:
    """Insert a row unless there is one with the same values already, in one statement.

    Signals of saving do not go out.

    Args:
        row: a new one; it has its key afterwards where it was inserted.
        unique: the fields of the constraint that lets no second row in.

    Returns:
        Whether it was inserted.
    """
    sql, params = insert_of(row, *unique)
    using = router.db_for_write(type(row), instance=row)
    with connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        if (made := cursor.fetchone()) is None:
            return False
    inserted(row, made[0], using)
    return True


def insert_of(row: KeptStatements, *unique: str, among: str = "") -> tuple[str, tuple[Any, ...]]:
    """The INSERT of a new row that gives back its key, to stand in a larger statement, and values.

    Args:
        row: as `insert_once` takes it; `inserted` afterwards.
        unique: as there; without them a second row is an error.
        among: the condition in SQL of a constraint that looks at some rows only; a constant.
    """
    using = router.db_for_write(type(row), instance=row)
    fields = tuple(each for each in row._meta.local_concrete_fields if each is not row._meta.pk)
    given = [each.pre_save(row, True) for each in fields]
    sql = _insert(type(row), fields, using, unique, among)
    return sql, _prepared(connections[using], fields, given)


@dataclass(frozen=True)
class Write:
    """What a larger statement writes: a row, or several.

    Attributes:
        sql: an INSERT or UPDATE that gives back keys.
        params: its values.
        done: is told the first key, or None where nothing was written.
        back: what is told of several columns or rows instead of the first key.
    """

    sql: str
    params: tuple[Any, ...]
    done: Callable[[Any], object] = lambda key: None
    back: str = ""

    def alone(self) -> None:
        """Carry it out as a statement of its own."""
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(self.sql, self.params)
            found = cursor.fetchone()
        self.done(found and found[0])

    def told(self, name: str) -> str:
        """What is told of it where it stands under a name in a larger statement."""
        return f"(SELECT {self.back} FROM {name})" if self.back else f"(TABLE {name} LIMIT 1)"  # noqa: S608  # names of columns


def write_of(row: KeptStatements, names: Sequence[str] | None = None) -> Write:
    """What saves a row, to be carried out by a larger statement; signals do not go out.

    Args:
        row: with plain values; a new one is inserted.
        names: the fields that are saved of one that is there; all by default.
    """
    using = router.db_for_write(type(row), instance=row)
    if row._state.adding:
        return Write(*insert_of(row), lambda key: inserted(row, key, using))
    model, key = type(row), row._meta.pk
    concrete = (each for each in row._meta.local_concrete_fields if each is not key)
    fields = tuple(concrete) if names is None else tuple(_field(model, each) for each in names)
    given = [each.pre_save(row, False) for each in fields]
    params = _prepared(connections[using], (*fields, key), (*given, row.pk))
    back = f"{connections[using].ops.quote_name(_key_of(model))}"
    return Write(f"{_update(model, fields, using)} RETURNING {back}", params, _is_there)


def written_with(sql: str, writes: Sequence[Write]) -> str:
    """A query that carries out writes as well, whose keys are its last columns.

    They do not see each other, so a row is written once; the query sees none of them.
    """
    if not writes:
        return sql
    names = [f"w{number}" for number in range(len(writes))]
    parts = ", ".join(f"{name} AS ({each.sql})" for name, each in zip(names, writes, strict=True))
    keys = ", ".join(each.told(name) for name, each in zip(names, writes, strict=True))
    return f"WITH {parts} SELECT found.*, {keys} FROM ({sql}) AS found"  # noqa: S608  # no values


def carry_out(writes: Sequence[Write]) -> None:
    """Write rows by one statement."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(written_with("SELECT", writes), [v for each in writes for v in each.params])
        keys = cursor.fetchone()
    for write, key in zip(writes, keys, strict=True):
        write.done(key)


def _is_there(key: Any) -> None:
    if key is None:  # as Django says of a save that names its fields
        raise DatabaseError("The row that was to be saved is gone.")


def inserted(row: KeptStatements, key: Any, using: str = DEFAULT_DB_ALIAS) -> None:
    """The row is in the database under this key."""
    row.pk, row._state.adding, row._state.db = key, False, using


def _are_plain(given: Sequence[Any]) -> bool:
    return not any(hasattr(value, "resolve_expression") for value in given)


def _prepared(connection: Any, fields: Fields, given: Sequence[Any]) -> tuple[Any, ...]:
    pairs = zip(fields, given, strict=True)
    return tuple(field.get_db_prep_save(value, connection=connection) for field, value in pairs)


@cache
def _update(model: type[models.Model], fields: Fields, using: str, known: Fields = ()) -> str:
    connection = connections[using]
    name = connection.ops.quote_name
    table = name(model._meta.db_table)
    new = ", ".join(f"{name(field.column)} = {_place(field, connection)}" for field in fields)
    keys = (_key_of(model), *(field.column for field in known))
    where = " AND ".join(f"{table}.{name(key)} = %s" for key in keys)
    return f"UPDATE {table} SET {new} WHERE {where}"  # noqa: S608  # names of columns


@cache
def _insert(
    model: type[models.Model],
    fields: Fields,
    using: str,
    unique: tuple[str, ...] = (),
    among: str = "",
) -> str:
    connection = connections[using]
    name = connection.ops.quote_name
    table, key = name(model._meta.db_table), name(_key_of(model))
    columns = ", ".join(name(field.column) for field in fields)
    places = ", ".join(_place(field, connection) for field in fields)
    there = ", ".join(name(_field(model, each).column) for each in unique)
    where = f" WHERE {among}" if among else ""
    unless = f" ON CONFLICT ({there}){where} DO NOTHING" if unique else ""
    insert = f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608  # names of columns
    return f"{insert}{unless} RETURNING {table}.{key}"


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _key_of(model: type[models.Model]) -> str:
    key: Any = model._meta.pk
    return str(key.column)


def _place(field: Any, connection: Any) -> str:
    """The place of a value: of a plain one it does not depend on the value."""
    if hasattr(field, "get_placeholder"):
        return str(field.get_placeholder(None, None, connection))
    return "%s"
